"""A model in production and kept right: data, training, registry, serving, monitoring, retraining."""
