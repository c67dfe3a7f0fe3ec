"""What a project may be called: it names a distribution, a package, a command and a folder."""

import keyword
import re
import sys
import unicodedata
from collections.abc import Iterable

from scaffold.errors import InvalidAnswerError

PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40

# Windows keeps these for devices, in every folder.
DEVICES = {"con", "prn", "aux", "nul"}
for digit in range(10):
    DEVICES |= {f"com{digit}", f"lpt{digit}"}

# A folder, package or command of this name would take the place of another one in the project or
# its environment.
RESERVED = {
    "test",
    "tests",
    "src",
    "site-packages",
    "python",
    "python3",
    "pip",
    "setuptools",
    "wheel",
    "uv",
    "activate",
    "deactivate",
    "pydoc",
}

# What else is in the environment of a project: one of such a name couldn't be installed, or would
# hide the other. Made on 2026-11-22 from a rendered project of each template: the distributions
# that this command lists
#     uv pip compile --universal --extra dev --extra postgres pyproject.toml
# and the modules and commands that they install under other names than their own. Only what is
# required indirectly must be here: `Template.dependencies` finds what the project itself asks for.
DISTRIBUTIONS = """
aiohappyeyeballs aiohttp aiosignal aiosqlite alembic amplitude-analytics annotated-doc
annotated-types anyio appdirs apprise asgi-lifespan ast-serialize async-timeout asyncpg attrs
beartype blinker burner-redis cachetools certifi cffi charset-normalizer click cloudpickle
colorama contourpy coolname cronsim cryptography cycler cyclopts databricks-sdk dateparser
defusedxml deprecation distro docker docstring-parser dynaconf evidently exceptiongroup faker
fastapi fastapi-offline filelock flask flask-cors flatbuffers fonttools formulaic frozenlist
fsspec gitdb gitpython google-auth graphene graphql-core graphql-relay graphviz greenlet griffe
griffecli griffelib gunicorn h11 h2 harfile hpack httpcore httptools httpx huey humanize
hyperframe hypothesis hypothesis-graphql idna importlib-metadata iniconfig interface-meta
iterative-telemetry itsdangerous jinja2 jinja2-humanize-extension joblib jsonpatch jsonpointer
jsonschema jsonschema-rs jsonschema-specifications kiwisolver librt litestar litestar-htmx mako
markdown markdown-it-py markupsafe matplotlib mdurl mlflow mlflow-skinny mlflow-tracing msgspec
multidict multipart mypy mypy-extensions narwhals nltk numpy oauthlib opentelemetry-api
opentelemetry-proto opentelemetry-sdk opentelemetry-semantic-conventions orjson packaging pandas
pathspec patsy pendulum pillow plotly pluggy polyfactory prettytable prometheus-client propcache
protobuf psycopg psycopg-binary py-key-value-aio pyarrow pyasn1 pyasn1-modules pycparser
pydantic pydantic-core pydantic-extra-types pydantic-settings pydocket pygments pyparsing
pyrate-limiter pytest python-dateutil python-dotenv python-json-logger python-multipart
python-slugify pytz pywin32 pyyaml readchar redis referencing regex requests requests-oauthlib
rfc3339-validator rich rich-click rich-rst rpds-py ruamel-yaml ruamel-yaml-clib ruff
schemathesis scikit-learn scipy semver shellingham six skops smmap sniffio sortedcontainers
sqlalchemy sqlparse starlette statsmodels tenacity text-unidecode threadpoolctl toml tqdm typer
typing-extensions typing-inspect typing-inspection tzdata tzlocal ujson uncalled-for urllib3
uuid6 uvicorn uvloop waitress watchdog watchfiles wcwidth websockets werkzeug whenever wrapt
yarl zipp
"""
MODULES = """
attr databricks dateutil dotenv git google graphql jupyterlab-plotly markdown-it mpl-toolkits
mypyc opentelemetry pil py pylab sklearn win32 win32api win32com yaml
"""
COMMANDS = """
cffi-gen-src dmypy f2py gunicornc huey-consumer mako-render normalizer numpy-config
onnxruntime-test pyftmerge pyftsubset sqlformat st stubgen stubtest ttx watchmedo
"""
DEPENDENCY = "a package that the project depends on has it"
BROUGHT_ALONG = {*DISTRIBUTIONS.split(), *MODULES.split(), *COMMANDS.split()}


def check(name: str, dependencies: Iterable[str], modules: Iterable[str]) -> str:
    """The name, unchanged, if a project with these dependencies and modules can have it.

    Raises InvalidAnswerError, which says why not, otherwise.
    """
    reason = objection(name)
    if reason is None and normalised(name) in map(normalised, dependencies):
        reason = DEPENDENCY
    if reason is None and name.replace("-", "_") in modules:
        reason = "the project or its tests have a module of this name"
    if reason is None:
        return name
    proposal = suggestion(name)
    hint = "Choose another with --name"
    if proposal and proposal != name:
        hint = f"Try: --name {proposal}"
    raise InvalidAnswerError(f"{name!r} can't be the project's name: {reason}. {hint}")


def suggestion(text: str) -> str | None:
    """A name made of the letters and digits of any text, if there is one.

    For 'Été 2026' it is 'ete-2026'.
    """
    proposal = joined(text, "-")
    return proposal if objection(proposal) is None else None


def joined(text: str, separator: str) -> str:
    """The letters and digits of any text in lower case; the separator stands for all between."""
    return re.sub(r"[^a-z0-9]+", separator, unaccented(text).lower()).strip(separator)


def unaccented(text: str) -> str:
    """The ASCII letters of any text: 'Ete' of 'Été'."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def objection(name: str) -> str | None:
    """Why no project can have this name, or None if one could."""
    if not PATTERN.fullmatch(name):
        return "use lower-case letters, digits, single hyphens, and start with a letter"
    if len(name) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    package = name.replace("-", "_")
    if keyword.iskeyword(package):
        return "it is a Python keyword"
    if package in sys.stdlib_module_names:
        return "it is a module of Python's standard library"
    if name in DEVICES:
        return "Windows reserves it for a device"
    if name in RESERVED:
        return "it is reserved in every Python project"
    if name in BROUGHT_ALONG:
        return DEPENDENCY
    return None


def normalised(name: str) -> str:
    """The form in which package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
