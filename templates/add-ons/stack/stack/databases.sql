-- Runs once, on an empty PostgreSQL server: creates databases and roles for the prediction log and MLflow.
-- Neither role can read the other's database.
\getenv predictions_password PREDICTIONS_PASSWORD
\getenv mlflow_password MLFLOW_PASSWORD

CREATE ROLE predictions LOGIN PASSWORD :'predictions_password';
CREATE DATABASE predictions OWNER predictions;
REVOKE ALL ON DATABASE predictions FROM PUBLIC;

CREATE ROLE mlflow LOGIN PASSWORD :'mlflow_password';
CREATE DATABASE mlflow OWNER mlflow;
REVOKE ALL ON DATABASE mlflow FROM PUBLIC;
