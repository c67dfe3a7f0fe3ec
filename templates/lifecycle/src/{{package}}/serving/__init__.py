"""The champion over HTTP and from files. Nothing here trains: the image holds no training library."""
