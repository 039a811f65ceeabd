-- The three roles and the database: the one truth for the embedded PostgreSQL and for docker-compose. Safe to repeat.
-- Run by psql as a superuser. Passwords come from the environment; without them the server's own rules decide (pg_hba).
\set ON_ERROR_STOP on
\set QUIET on

-- The owner migrates, the app serves, the worker sweeps. Row-level security holds for the last two.
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['navigator_owner', 'navigator_app', 'navigator_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE navigator_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB; -- CREATEDB: for test databases
ALTER ROLE navigator_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER ROLE navigator_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;

\getenv owner_password NAVIGATOR_OWNER_PASSWORD
\getenv app_password NAVIGATOR_APP_PASSWORD
\getenv worker_password NAVIGATOR_WORKER_PASSWORD
\if :{?owner_password}
ALTER ROLE navigator_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE navigator_app PASSWORD :'app_password';
\endif
\if :{?worker_password}
ALTER ROLE navigator_worker PASSWORD :'worker_password';
\endif

SELECT 'CREATE DATABASE navigator OWNER navigator_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'navigator') \gexec

REVOKE ALL ON DATABASE navigator FROM PUBLIC;
GRANT CONNECT ON DATABASE navigator TO navigator_app, navigator_worker;
