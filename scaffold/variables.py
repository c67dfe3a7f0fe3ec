"""Selects the environment variables that are passed to a project's first run.

Variables set for other programs, other projects or a notebook could change the run, so only those
that it needs on this machine are passed on.
"""

from collections.abc import Mapping

SYSTEM = {
    "HOME",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "MKL_NUM_THREADS",
    "NO_COLOR",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PATH",
    "SHELL",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TZ",
    "USER",
}
WINDOWS = {
    "APPDATA",
    "COMMONPROGRAMFILES",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
    "OS",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
}
NETWORK = {
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NETRC",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
}
UV = {
    "UV_CACHE_DIR",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXCLUDE_NEWER",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_NO_CACHE",
    "UV_NO_CONFIG",
    "UV_OFFLINE",
    "UV_PRERELEASE",
    "UV_REQUEST_TIMEOUT",
    "UV_RESOLUTION",
    "UV_SYSTEM_CERTS",
}
ASCII = ("C", "POSIX")  # before 3.13, Python then can't find a project with a non-ASCII path
PASSED = SYSTEM | WINDOWS | NETWORK | UV
FAMILIES = (
    "GIT_CONFIG_",  # stages may run git to get the commit
    "LC_",
    "MLFLOW_TRACKING_",
    "PIP_",
    "UV_CONCURRENT_",
    "UV_HTTP_",
    "UV_INDEX",
    "XDG_",
)


def passed_on(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """The variables for a run of the project with this name."""
    own = name.upper().replace("-", "_") + "_"
    passed = {}
    for key, value in environment.items():
        upper = key.upper()  # proxies may be lowercase, and Windows has `Path`
        if upper == "LC_ALL" and value in ASCII:
            continue
        if upper in PASSED or upper.startswith((*FAMILIES, own)):
            passed[key] = value
    return passed
