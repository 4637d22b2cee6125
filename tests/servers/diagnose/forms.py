# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that applications have as a connection, as templates."""

from __future__ import annotations

#: Templates, all of them for role appuser and 127.0.0.1.
FORMS = {
    "asyncpg of SQLAlchemy": "postgresql+asyncpg://appuser:<password>@127.0.0.1:<port>/<database>?ssl=disable",
    "psycopg2 of SQLAlchemy": "postgresql+psycopg2://appuser:<password>@127.0.0.1:<port>/<database>?pool_size=5",
    "Prisma": "postgresql://appuser:<password>@127.0.0.1:<port>/<database>?schema=app&connection_limit=5&pgbouncer=true",
    "Doctrine": "pgsql://appuser:<password>@127.0.0.1:<port>/<database>?serverVersion=16&charset=utf8",
    "golang-migrate": "pgx5://appuser:<password>@127.0.0.1:<port>/<database>?x-migrations-table=m",
    "pgx": "postgres://appuser:<password>@127.0.0.1:<port>/<database>?pool_max_conns=4&search_path=app",
    "Ecto": "ecto://appuser:<password>@127.0.0.1:<port>/<database>?pool_size=10&ssl=false",
    "capital letters": "POSTGRESQL://appuser:<password>@127.0.0.1:<port>/<database>?statement-cache-capacity=1",
    "HTML": "postgresql://appuser:<password>@127.0.0.1:<port>/<database>?sslmode=disable&amp;connect_timeout=3",
    "quotes": '"postgresql://appuser:<password>@127.0.0.1:<port>/<database>"',
    "JDBC": "jdbc:postgresql://127.0.0.1:<port>/<database>?user=appuser&password=<password>&currentSchema=app",
    "R2DBC": "r2dbc:postgresql://appuser:<password>@127.0.0.1:<port>/<database>",
    "PDO": "pgsql:host=127.0.0.1;port=<port>;dbname=<database>;user=appuser;password=<password>",
    "DBI": "dbi:Pg:dbname=<database>;host=127.0.0.1;port=<port>;user=appuser;password=<password>",
    "Npgsql": "Host=127.0.0.1;Port=<port>;Database=<database>;Username=appuser;Password=<password>;Pooling=true",
    "Npgsql, other words": "Server=127.0.0.1;Port=<port>;Database=<database>;User Id=appuser;Password='<password>';SSL Mode=Disable",
    "ODBC": "Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=<port>;Database=<database>;UID=appuser;PWD={<password>}",
    "semicolons": "host=127.0.0.1;port=<port>;dbname=<database>;user=appuser;password=<password>",
    "other keywords": "host=127.0.0.1 port=<port> database=<database> username=appuser passwd=<password>",
    "variable": "DATABASE_URL=postgresql://appuser:<password>@127.0.0.1:<port>/<database>\n",
    "exported variable": 'export DATABASE_URL="postgresql://appuser:<password>@127.0.0.1:<port>/<database>"',
    "variables": "DB_HOST=127.0.0.1\r\nDB_PORT=<port>\r\nDB_NAME=<database>\r\nDB_USER=appuser\r\nDB_PASSWORD=<password>\r\nAPP_NAME=x\r\n",
    "variables of libpq": "PGHOST=127.0.0.1\nPGPORT=<port>\nPGDATABASE=<database>\nPGUSER=appuser\nPGPASSWORD='<password>'\n",
    "psql": "PGPASSWORD=<password> psql -h 127.0.0.1 -p <port> -U appuser -d <database> -c 'select 1'",
    "psql with a URI": "psql postgresql://appuser:<password>@127.0.0.1:<port>/<database> -X",
    "JSON": '{"host": "127.0.0.1", "port": <port>, "username": "appuser", "password": "<password>", "dbname": "<database>"}',
    "appsettings.json": '{"ConnectionStrings": {"Db": "Host=127.0.0.1;Port=<port>;Database=<database>;Username=appuser;Password=<password>"}}',
    "Django": (
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': '<database>', 'USER': 'appuser',"
        " 'PASSWORD': '<password>', 'HOST': '127.0.0.1', 'PORT': '<port>', 'CONN_MAX_AGE': 60}}"
    ),
    "Rails": (
        "default: &default\n  adapter: postgresql\n  encoding: unicode\n  host: 127.0.0.1\n  port: <port>\n\n"
        "production:\n  <<: *default\n  database: <database>\n  username: appuser\n  password: '<password>'\n"
    ),
    "properties of Spring": (
        "spring.datasource.url=jdbc:postgresql://127.0.0.1:<port>/<database>\n"
        "spring.datasource.username=appuser\nspring.datasource.password=<password>\n"
    ),
    "YAML of Spring": (
        "spring:\n  datasource:\n    url: jdbc:postgresql://127.0.0.1:<port>/<database>\n    username: appuser\n    password: <password>\n"
    ),
    "YAML flow map": "{host: 127.0.0.1, port: <port>, user: appuser, password: <password>, database: <database>}",
    "YAML flow map in a block": "app:\n  db: {host: 127.0.0.1, port: <port>, user: appuser,\n    password: '<password>', dbname: <database>}\n  name: x\n",
    "lines of a unit": (
        '[Service]\nUser=app\nEnvironment=OLD=1\nEnvironment="DB_HOST=127.0.0.1" "DB_PORT=<port>" DB_NAME=<database>\n'
        "Environment=DB_USER=appuser 'DB_PASSWORD=<password>'\nExecStart=/bin/app\n"
    ),
    "URL in a unit": 'Environment="DATABASE_URL=postgresql://appuser:<password>@127.0.0.1:<port>/<database>"',
    "PDO in PHP": "<?php\n$db = new PDO('pgsql:host=127.0.0.1;port=<port>;dbname=<database>', 'appuser', '<password>');\n",
    "pg_connect in PHP": '$c = pg_connect("host=127.0.0.1 port=<port> dbname=<database> user=appuser password=<password>");',
    "Laravel": (
        "'pgsql' => [\n    'driver' => 'pgsql',\n    'host' => '127.0.0.1', // the server\n    'port' => '<port>',\n"
        "    'database' => '<database>',\n    'username' => 'appuser',\n    'password' => '<password>',\n    'charset' => 'utf8',\n],\n"
    ),
    "define in PHP": (
        "define('DB_HOST', '127.0.0.1');\ndefine('DB_PORT', <port>);\ndefine('DB_NAME', '<database>');\n"
        "define('DB_USER', 'appuser');\ndefine('DB_PASSWORD', '<password>');\n"
    ),
    "node-postgres": (
        "const { Pool } = require('pg');\nconst pool = new Pool({\n  host: '127.0.0.1',\n  port: <port>,\n  user: 'appuser',\n"
        "  password: '<password>',\n  database: '<database>',\n  max: 20,\n});\n"
    ),
    "TypeORM": (
        'export const AppDataSource = new DataSource({\n  type: "postgres",\n  host: "127.0.0.1",\n  port: <port>,\n  username: "appuser",\n'
        '  password: "<password>",\n  database: "<database>",\n  entities: [User],\n})\n'
    ),
    "Knex": (
        "module.exports = knex({\n  client: 'pg',\n  connection: { host: '127.0.0.1', port: <port>, user: 'appuser', password: '<password>',\n"
        "    database: '<database>' },\n});\n"
    ),
    "Sequelize": "new Sequelize('<database>', 'appuser', '<password>', { host: '127.0.0.1', port: <port>, dialect: 'postgres' });",
    "postgres.js": "const sql = postgres('postgres://appuser:<password>@127.0.0.1:<port>/<database>', { max: 10 })",
    "Ruby": "conn = PG.connect(host: '127.0.0.1', port: <port>, dbname: '<database>', user: 'appuser', password: '<password>')",
    "Ruby, old hash": "PG::Connection.new(:host => '127.0.0.1', :port => <port>, :dbname => '<database>', :user => 'appuser', :password => '<password>')",
    "psycopg": (
        'conn = psycopg.connect(\n    host="127.0.0.1",\n    port=<port>,\n    dbname="<database>",\n    user="appuser",\n'
        '    password="<password>",  # secret\n)\n'
    ),
    "create_engine": 'engine = create_engine("postgresql+psycopg://appuser:<password>@127.0.0.1:<port>/<database>", echo=True)',
    "database/sql": 'db, err := sql.Open("postgres", "postgres://appuser:<password>@127.0.0.1:<port>/<database>?sslmode=disable")',
    "pgxpool": 'pool, err := pgxpool.New(ctx, "host=127.0.0.1 port=<port> user=appuser password=<password> dbname=<database>")',
    "Java": 'Connection c = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:<port>/<database>", "appuser", "<password>");',
    "HikariCP": (
        'config.setJdbcUrl("jdbc:postgresql://127.0.0.1:<port>/<database>");\nconfig.setUsername("appuser");\nconfig.setPassword("<password>");\n'
    ),
    "Perl": 'my $dbh = DBI->connect("dbi:Pg:dbname=<database>;host=127.0.0.1;port=<port>", "appuser", "<password>");',
    "Npgsql in C#": 'var c = new NpgsqlConnection("Host=127.0.0.1;Port=<port>;Username=appuser;Password=<password>;Database=<database>");',
    "Kubernetes": (
        "spec:\n  containers:\n  - name: app\n    image: app:1\n    env:\n    - name: DB_HOST\n      value: 127.0.0.1\n    - name: DB_PORT\n"
        '      value: "<port>"\n    - name: DB_NAME\n      value: <database>\n    - name: DB_USER\n      value: appuser\n'
        "    - name: DB_PASSWORD\n      value: '<password>'\n"
    ),
    "Kubernetes in JSON": (
        '{"env": [{"name": "PGHOST", "value": "127.0.0.1"}, {"name": "PGPORT", "value": "<port>"}, {"name": "PGUSER", "value": "appuser"},'
        ' {"name": "PGDATABASE", "value": "<database>"}, {"name": "PGPASSWORD", "value": "<password>"}]}'
    ),
    "docker run": (
        "docker run --rm -e DB_HOST=127.0.0.1 -e DB_PORT=<port> \\\n  --env DB_NAME=<database> --env=DB_USER=appuser -e 'DB_PASSWORD=<password>' app:1"
    ),
    "escaped properties": (
        "spring.datasource.url=jdbc\\:postgresql\\://127.0.0.1\\:<port>/<database>\n"
        "spring.datasource.username=appuser\nspring.datasource.password=<password>\n"
    ),
    "TOML": (
        'title = "app"\n[database]\nserver = "127.0.0.1"\nport = <port>\nuser = "appuser"\npassword = "<password>"\ndbname = "<database>"\n'
        '[redis]\nhost = "r"\nport = 1\n'
    ),
    "TOML, inline table": 'db = { host = "127.0.0.1", port = <port>, user = "appuser", password = "<password>", dbname = "<database>" }',
    "INI": "[app]\nhost=0.0.0.0\n\n[postgres]\nhost = 127.0.0.1\nport = <port>\nuser = appuser\npassword = <password>\ndatabase = <database>\n",
    "Ansible": (
        "- name: Create it\n  community.postgresql.postgresql_query:\n    login_host: 127.0.0.1\n    login_port: <port>\n"
        "    login_user: appuser\n    login_password: '<password>'\n    login_db: <database>\n    query: SELECT 1\n"
    ),
}


def filled(template: str, parts: dict[str, str]) -> str:
    """The text of a form."""
    for name, value in parts.items():
        template = template.replace(f"<{name}>", value)
    return template
