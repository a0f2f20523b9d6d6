"""Rules about the customer's own lines for php.ini: whose they are, and what they may say."""

import re
from collections.abc import Iterator, Mapping
from zoneinfo import available_timezones

from settings.model import Settings
from settings.rules.program_lines import ini_keys, names
from shop.render import CONSTANT_INI
from stackfile.report import Violation, nearest

_GENERAL = "remove it; the program sets it for every shop"
_IMAGE = "remove it, and put what it is for into the image"
_MAIL = "set openmage:shop.mail"
_SESSIONS = "remove it; OpenMage keeps its sessions in Valkey by itself"
_LOG = "remove it; the container's log is the only one that is kept"
_CODE = "remove it; it changes how the code of the shop is read"
_WORKERS = "remove it; the number of workers is computed with 192 MB of opcache"
_FIXES = {
    "memory_limit": "set openmage:shop.php.memoryLimit",
    "max_execution_time": "set requestTimeoutSeconds of openmage:shop.web.storefront or web.admin",
    "post_max_size": "remove it; PHP and the web server agree on one size of uploads",
    "upload_max_filesize": "remove it; PHP and the web server agree on one size of uploads",
    "sendmail_path": _MAIL,
    "display_errors": "remove it; errors go to the log, never to a visitor",
    "error_log": _LOG,
    "log_errors": _LOG,
    "session.auto_start": "remove it; OpenMage refuses to run with it",
    "opcache.enable": "remove it; without it a page takes several times as long",
    "opcache.memory_consumption": _WORKERS,
    "opcache.interned_strings_buffer": _WORKERS,
    "opcache.validate_timestamps": "remove it; the code in an image never changes",
    "allow_url_include": "remove it; it runs code from other servers",
}
"""What to do instead, for keys of the templates that have more than a general answer."""
_BREAKING = {
    "extension": "put extensions into the image",
    "zend_extension": "put extensions into the image",
    "zend_extension_ts": "put extensions into the image",
    "zend_extension_debug": "put extensions into the image",
    "extension_dir": "put extensions into the image",
    "enable_dl": "put extensions into the image",
    "max_memory_limit": "set openmage:shop.php.memoryLimit",
    "memory_hard_limit_percent": "set openmage:shop.php.memoryLimit",
    "session.save_handler": _SESSIONS,
    "session.save_path": _SESSIONS,
    "session.serialize_handler": _SESSIONS,
    "session.use_cookies": _SESSIONS,
    "auto_prepend_file": "put code into the image",
    "auto_append_file": "put code into the image",
    "opcache.preload": _IMAGE,
    "opcache.preload_user": _IMAGE,
    "ffi.preload": _IMAGE,
    "opcache.file_cache": "remove it; pods can write below /tmp only, and forget that",
    "opcache.file_cache_only": "remove it; pods can write below /tmp only, and forget that",
    "opcache.file_cache_fallback": "remove it; pods can write below /tmp only, and forget that",
    "opcache.blacklist_filename": _IMAGE,
    "opcache.optimization_level": _CODE,
    "opcache.opt_debug_level": _CODE,
    "opcache.save_comments": _CODE,
    "opcache.use_cwd": _CODE,
    "opcache.error_log": _LOG,
    "open_basedir": "remove it; it switches PHP's cache of paths off, and each page gets slower",
    "disable_classes": "remove it; OpenMage and its modules may need any class",
    "engine": "remove it; without PHP the source would be shown",
    "doc_root": "set openmage:shop.web.documentRoot",
    "user_dir": "set openmage:shop.web.documentRoot",
    "cgi.discard_path": "set openmage:shop.web.documentRoot",
    "enable_post_data_reading": "remove it; OpenMage reads no form without it",
    "mail.force_extra_parameters": _MAIL,
    "mail.log": _LOG,
    "sendmail_from": _MAIL,
    "smtp": _MAIL,
    "smtp_port": _MAIL,
    "display_startup_errors": "remove it; errors go to the log, never to a visitor",
    "zend.script_encoding": _CODE,
    "zend.multibyte": _CODE,
    "mbstring.encoding_translation": _CODE,
    "mbstring.func_overload": _CODE,
    "unserialize_callback_func": _CODE,
    "output_handler": _CODE,
    "zlib.output_handler": _CODE,
    "hard_timeout": "set requestTimeoutSeconds of openmage:shop.web.storefront or web.admin",
}
"""Keys that no template sets, and that break the program, the shop or its safety."""
_FLAGS = names(
    """
    allow_url_fopen assert.active assert.bail assert.exception assert.warning
    auto_globals_jit auto_detect_line_endings
    cgi.check_shebang_line cgi.fix_pathinfo cgi.force_redirect cgi.nph
    cgi.rfc2616_headers exif.decode_jis_intel fastcgi.impersonate fastcgi.logging file_uploads
    gd.jpeg_ignore_warning html_errors ignore_repeated_errors ignore_repeated_source
    ignore_user_abort implicit_flush intl.use_exceptions mail.add_x_header
    mail.mixed_lf_and_crlf mbstring.http_output_conv_mimetypes mbstring.strict_detection
    mysqli.allow_local_infile mysqli.allow_persistent mysqli.rollback_on_cached_plink
    mysqlnd.collect_memory_statistics mysqlnd.collect_statistics opcache.dups_fix
    opcache.enable_cli opcache.enable_file_override opcache.file_cache_consistency_checks
    opcache.huge_code_pages opcache.protect_memory opcache.record_warnings
    opcache.revalidate_path opcache.validate_permission opcache.validate_root pcre.jit
    phar.readonly phar.require_hash redis.session.locking_enabled register_argc_argv
    report_memleaks report_zend_debug session.cookie_httponly session.cookie_secure
    session.lazy_write session.upload_progress.cleanup session.upload_progress.enabled
    session.use_only_cookies session.use_strict_mode session.use_trans_sid short_open_tag
    soap.wsdl_cache_enabled sqlite3.defensive xmlrpc_errors zend.detect_unicode zend.enable_gc
    zend.exception_ignore_args zend.signal_check
    """
)
_SIZES = names("fiber.stack_size opcache.jit_buffer_size output_buffering")
_NUMBERS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(
        names("""
        bcmath.scale default_socket_timeout error_log_mode log_errors_max_len max_file_uploads
        max_input_nesting_level mbstring.regex_retry_limit mbstring.regex_stack_limit
        mysqlnd.mempool_default_size mysqlnd.net_cmd_buffer_size mysqlnd.net_read_buffer_size
        mysqlnd.net_read_timeout opcache.consistency_checks opcache.file_update_protection
        opcache.force_restart_timeout opcache.jit_bisect_limit opcache.jit_debug
        opcache.jit_max_exit_counters opcache.jit_max_root_traces opcache.jit_max_side_traces
        opcache.max_file_size opcache.revalidate_freq pcre.backtrack_limit pcre.recursion_limit
        redis.session.lock_expire redis.session.lock_wait_time session.cache_expire
        session.cookie_lifetime session.gc_probability soap.wsdl_cache_limit soap.wsdl_cache_ttl
        unserialize_max_depth user_ini.cache_ttl xmlrpc_error_number
        zend.exception_string_param_max_len
        """),
        (0, 2**31 - 1),
    ),
    **dict.fromkeys(("session.gc_maxlifetime", "session.gc_divisor"), (1, 2**31 - 1)),
    **dict.fromkeys(
        names("max_input_time max_multipart_body_parts mysqli.max_links mysqli.max_persistent"),
        (-1, 2**31 - 1),
    ),
    **dict.fromkeys(("precision", "serialize_precision"), (-1, 100)),
    "mysqli.default_port": (1, 65535),
    "opcache.log_verbosity_level": (0, 4),
    "opcache.max_wasted_percentage": (1, 50),
    "session.sid_bits_per_character": (4, 6),
    "session.sid_length": (22, 256),
    "soap.wsdl_cache": (0, 3),
    "zend.assertions": (-1, 1),
    "zlib.output_compression_level": (-1, 9),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "session.cookie_samesite": ("Lax", "None", "Strict"),
    "session.cache_limiter": ("nocache", "private", "private_no_expire", "public"),
    "ffi.enable": ("preload", "true", "false"),
}
_FOLDERS = names("soap.wsdl_cache_dir sys_temp_dir upload_tmp_dir")
"""What PHP writes to."""
_TEXTS = names(
    """
    arg_separator.input arg_separator.output assert.callback browscap date.default_latitude
    date.default_longitude date.sunrise_zenith date.sunset_zenith default_charset
    default_mimetype docref_ext docref_root error_append_string error_prepend_string from
    highlight.comment highlight.default highlight.html highlight.keyword highlight.string
    include_path input_encoding internal_encoding output_encoding user_agent
    """
)
_HARMLESS_FUNCTIONS = names(
    """
    dl exec highlight_file link passthru pcntl_alarm pcntl_exec pcntl_fork pcntl_signal
    pcntl_wait pcntl_waitpid phpinfo popen posix_getpwuid posix_kill posix_mkfifo posix_setegid
    posix_seteuid posix_setgid posix_setpgid posix_setsid posix_setuid posix_uname shell_exec
    show_source symlink system
    """
)
"""Functions that neither OpenMage nor the program's scripts need."""
_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0", "none")
_ERRORS = {
    *("E_ALL", "E_ERROR", "E_WARNING", "E_PARSE", "E_NOTICE", "E_STRICT", "E_RECOVERABLE_ERROR"),
    *("E_CORE_ERROR", "E_CORE_WARNING", "E_COMPILE_ERROR", "E_COMPILE_WARNING", "E_DEPRECATED"),
    *("E_USER_ERROR", "E_USER_WARNING", "E_USER_NOTICE", "E_USER_DEPRECATED"),
}
_EXPRESSION = re.compile(r"\s*(?:[~!]\s*)*(?:(\()|(\w+))")

Value = str | int | bool


def ini(settings: Settings) -> Iterator[Violation]:
    """Refuse ini lines that belong to the program, break OpenMage or say nothing to PHP."""
    owned = ini_keys()
    owned_lower = {key.lower(): key for key in owned}
    known = {*_FLAGS, *_SIZES, *_NUMBERS, *_CHOICES, *_FOLDERS, *_TEXTS, *CONSTANT_INI, *_OTHERS}
    for key, value in settings.php.ini.items():
        path, lower = ("php", "ini", key), key.lower()
        if lower in owned_lower or lower in _BREAKING:
            name = owned_lower.get(lower, lower)
            fix = _FIXES.get(name) or _BREAKING.get(name) or _GENERAL
            yield Violation(path, "is not the customer's to set", fix)
        elif key not in known and lower in {name.lower() for name in known}:
            yield Violation(path, "is written otherwise by PHP", f"write it as {lower}")
        elif key not in known and "." not in key:
            fix = nearest(key, sorted(known)) if _close(key, known) else "correct it, or remove it"
            yield Violation(path, "is no directive of PHP", fix)
        elif mistake := _mistake(key, value):
            yield Violation(path, *mistake)


def _close(key: str, known: set[str]) -> bool:
    return nearest(key, sorted(known)).startswith("did you mean")


def _mistake(key: str, value: Value) -> tuple[str, str] | None:  # noqa: PLR0911 (one for each type)
    """Return reason and fix for a value that PHP reads as something else."""
    if key in CONSTANT_INI:
        return _constants(value)
    if key in _FLAGS:
        return _flag(value)
    if key in _SIZES:
        return _size(key, value)
    if key in _NUMBERS:
        return _number(value, *_NUMBERS[key])
    if key in _CHOICES:
        chosen = str(value).lower() if isinstance(value, bool) else value
        if chosen not in _CHOICES[key]:
            return "is none of the choices", f"use {', '.join(_CHOICES[key])}"
        return None
    if key in _FOLDERS:
        return _folder(value)
    if key in _OTHERS:
        return _OTHERS[key](value)
    if isinstance(value, str) and "${" in value:
        return "contains ${, in whose place PHP puts something else", "write the text itself"
    return None


def _constants(value: Value) -> tuple[str, str] | None:
    fix = "write constants of PHP with & | ^ ~ and brackets, such as E_ALL & ~E_DEPRECATED"
    if isinstance(value, bool):
        return "is no set of errors", fix
    if isinstance(value, int) or re.fullmatch(r"\d{1,9}", value):
        return None if 0 <= int(value) < 2**31 else ("is no set of errors", fix)
    try:
        words = _words(value)
    except ValueError:
        return "is no expression that PHP understands", fix
    unknown = [word for word in words if word not in _ERRORS and not re.fullmatch(r"\d{1,9}", word)]
    if unknown:
        return "has a word that is no constant of PHP's errors, and PHP reads 0", fix
    return None


def _words(text: str, at: int = 0, depth: int = 0) -> list[str]:
    """Return the words of a right expression: words and brackets with operators between them."""
    found: list[str] = []
    awaited = True
    while at < len(text.rstrip()):
        if awaited:
            match = _EXPRESSION.match(text, at)
            if match is None:
                raise ValueError
            at = match.end()
            depth += match[1] is not None
            awaited = match[1] is not None
            found += [match[2]] if match[2] else []
            continue
        match = re.compile(r"\s*(?:([&|^])|(\)))").match(text, at)
        if match is None or (match[2] and not depth):
            raise ValueError
        at = match.end()
        depth -= match[2] is not None
        awaited = match[1] is not None
    if awaited or depth:
        raise ValueError
    return found


def _flag(value: Value) -> tuple[str, str] | None:
    if isinstance(value, bool) or str(value).lower() in {*_ON, *_OFF}:
        return None
    return "is neither on nor off", "write true or false"


def _size(key: str, value: Value) -> tuple[str, str] | None:
    if key == "output_buffering" and _flag(value) is None:
        return None
    if not isinstance(value, bool) and re.fullmatch(r"[0-9]{1,12}[KMGkmg]?", str(value)):
        return None
    return (
        "is no size that PHP understands",
        "write a whole number, alone for bytes or with K, M or G, such as 64M",
    )


def _number(value: Value, least: int, most: int) -> tuple[str, str] | None:
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        return "is no whole number, and PHP reads another one", f"write one from {least} to {most}"
    if not least <= int(value) <= most:
        return "is outside of what PHP takes", f"write a whole number from {least} to {most}"
    return None


def _folder(value: Value) -> tuple[str, str] | None:
    if isinstance(value, str) and re.fullmatch(r"/tmp(/(?!\.\.?(/|$))[\w.-]+)*/?", value):  # noqa: S108 (the pod's own volume)
        return None
    return "is no folder that a pod can write to", "use /tmp, which is always there"


def _time_zone(value: Value) -> tuple[str, str] | None:
    if value in available_timezones():
        return None
    return "is no time zone of the IANA database", "write one such as Europe/Berlin"


def _variables(value: Value) -> tuple[str, str] | None:
    if isinstance(value, str) and set("EGPCS") == set(value.upper()):
        return None
    return (
        "leaves out what OpenMage reads: the environment E, and GET, POST, cookies and server",
        "write EGPCS",
    )


def _requests(value: Value) -> tuple[str, str] | None:
    if isinstance(value, str) and re.fullmatch(r"[GPC]{2,3}", value) and {"G", "P"} <= set(value):
        return None
    return "leaves out what forms send", "write GP"


def _functions(value: Value) -> tuple[str, str] | None:
    if isinstance(value, str):
        names = {name.strip() for name in value.split(",")}
        if names <= _HARMLESS_FUNCTIONS:
            return None
    return (
        "names functions that OpenMage or the program's own scripts may need",
        f"use only {', '.join(sorted(_HARMLESS_FUNCTIONS))}",
    )


def _compression(value: Value) -> tuple[str, str] | None:
    if str(value).lower() in _OFF:
        return None
    return "would compress twice", "remove it; the web server compresses"


def _jit(value: Value) -> tuple[str, str] | None:
    words = {"disable", "off", "on", "tracing", "function", "true", "false"}
    if isinstance(value, bool) or str(value) in words or re.fullmatch(r"[0-9]{1,4}", str(value)):
        return None
    return "is none of the choices", "use disable, off, on, tracing, function or four digits"


_OTHERS = {
    "date.timezone": _time_zone,
    "disable_functions": _functions,
    "opcache.jit": _jit,
    "request_order": _requests,
    "variables_order": _variables,
    "zlib.output_compression": _compression,
}
