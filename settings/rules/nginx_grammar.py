"""nginx' grammar: directives with their lines and blocks, and what nginx does not understand."""

# crossplane has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import crossplane
from crossplane import analyzer, errors

from settings.rules.program_lines import names

_HTTP = analyzer.NGX_HTTP_MAIN_CONF | analyzer.NGX_HTTP_SRV_CONF
_LOCATION = _HTTP | analyzer.NGX_HTTP_LOC_CONF
_IF = _LOCATION | analyzer.NGX_HTTP_LIF_CONF
_NEWER = {
    "add_header_inherit add_trailer_inherit post_action": _IF | analyzer.NGX_CONF_TAKE1,
    """
    auth_delay fastcgi_socket_rcvbuf fastcgi_socket_sndbuf grpc_socket_rcvbuf grpc_socket_sndbuf
    gzip_hash gzip_window keepalive_min_timeout keepalive_time postpone_gzipping
    proxy_socket_rcvbuf proxy_socket_sndbuf scgi_socket_rcvbuf scgi_socket_sndbuf
    tunnel_buffer_size tunnel_connect_timeout tunnel_next_upstream_timeout
    tunnel_next_upstream_tries tunnel_read_timeout tunnel_send_lowat tunnel_send_timeout
    tunnel_socket_rcvbuf tunnel_socket_sndbuf uwsgi_socket_rcvbuf uwsgi_socket_sndbuf
    uwsgi_string
    """: _LOCATION | analyzer.NGX_CONF_TAKE1,
    "client_body_early_read": _HTTP | analyzer.NGX_CONF_1MORE,
    "early_hints tunnel_next_upstream": _LOCATION | analyzer.NGX_CONF_1MORE,
    """
    grpc_ssl_certificate_cache proxy_ssl_certificate_cache userid_flags
    uwsgi_ssl_certificate_cache
    """: _LOCATION | analyzer.NGX_CONF_TAKE123,
    """
    grpc_ssl_conf_command proxy_ssl_conf_command uwsgi_ssl_conf_command
    """: _LOCATION | analyzer.NGX_CONF_TAKE2,
    """
    gzip_no_buffer limit_conn_dry_run limit_req_dry_run mp4_start_key_frame
    open_file_cache_events proxy_pass_trailers ssi_ignore_recycled_buffers
    tunnel_socket_keepalive
    """: _LOCATION | analyzer.NGX_CONF_FLAG,
    """
    http2 http3 http3_hq quic_gso quic_retry ssl_certificate_compression ssl_reject_handshake
    """: _HTTP | analyzer.NGX_CONF_FLAG,
    """
    http2_pool_size http2_streams_index_size http3_max_concurrent_streams
    http3_stream_buffer_size max_headers quic_active_connection_id_limit quic_host_key
    ssl_ech_file ssl_ocsp ssl_ocsp_cache ssl_ocsp_responder
    """: _HTTP | analyzer.NGX_CONF_TAKE1,
    "keepalive_time resolver_timeout": analyzer.NGX_HTTP_UPS_CONF | analyzer.NGX_CONF_TAKE1,
    "proxy_cookie_flags": _LOCATION | analyzer.NGX_CONF_TAKE1234,
    "ssl_certificate_cache": _HTTP | analyzer.NGX_CONF_TAKE123,
    "ssl_conf_command": _HTTP | analyzer.NGX_CONF_TAKE2,
    "tunnel_bind": _LOCATION | analyzer.NGX_CONF_TAKE12,
    "tunnel_pass": _IF & ~analyzer.NGX_HTTP_MAIN_CONF
    | analyzer.NGX_CONF_NOARGS
    | analyzer.NGX_CONF_TAKE1,
    "keepalive": analyzer.NGX_HTTP_UPS_CONF | analyzer.NGX_CONF_TAKE12,
    "resolver": analyzer.NGX_HTTP_UPS_CONF | analyzer.NGX_CONF_1MORE,
    "sticky": analyzer.NGX_HTTP_UPS_CONF | analyzer.NGX_CONF_2MORE,
}
"""What nginx' own source has, up to 1.29, and crossplane does not."""
_ABSENT = names(
    """
    api auth_jwt auth_jwt_claim_set auth_jwt_header_set auth_jwt_key_file auth_jwt_key_request
    auth_jwt_leeway degradation degrade f4f f4f_buffer_size fastcgi_cache_purge geoip_city
    geoip_country geoip_org geoip_proxy geoip_proxy_recursive health_check hls hls_buffers
    hls_forward_args hls_fragment hls_mp4_buffer_size hls_mp4_max_buffer_size image_filter
    image_filter_buffer image_filter_interlace image_filter_jpeg_quality image_filter_sharpen
    image_filter_transparency image_filter_webp_quality js_content js_include js_path js_set
    keyval keyval_zone limit_zone match mp4_limit_rate mp4_limit_rate_after ntlm perl
    perl_modules perl_require perl_set proxy_cache_purge queue scgi_cache_purge session_log
    session_log_format session_log_zone spdy_chunk_size spdy_headers_comp ssl state status
    status_format status_zone sticky_cookie_insert upstream_conf uwsgi_cache_purge
    xml_entities xml_external_entities xslt_last_modified xslt_param xslt_string_param
    xslt_stylesheet xslt_types
    """
)
"""What crossplane knows and a free nginx without further modules does not."""
DATA_BLOCKS: Mapping[str, tuple[int, int]] = {
    "charset_map": (1, 1),
    "geo": (1, 1),
    "map": (1, 1),
    "split_clients": (1, 1),
    "types": (1, 10_000),
}
"""Blocks whose lines are data: a key and so many values."""
_DATA_WORDS = names("hostnames proxy_recursive ranges volatile")
"""Lines of such blocks that are alone."""
_ARGUMENTS = {
    'no opening "{"': ("has no block", "write { and } behind it"),
    "not terminated": ("takes no block", "end it with a semicolon"),
    "it must be": ("is neither on nor off", "write on or off"),
    "": (
        "has a number of values that nginx does not take",
        "correct it, and look whether a semicolon is missing",
    ),
}
"""What crossplane says of values, and what people are told."""
_VALUES: Mapping[re.Pattern[str], tuple[slice, re.Pattern[str], str, str]] = {
    re.compile(r"_timeout$"): (
        slice(0, 2),
        re.compile(r"(?:\d+(?:ms|[smhdwMy])?\s*)+|.*\$.*"),
        "has a value that is no time",
        "write a number and ms, s, m, h or d, such as 30s",
    ),
    re.compile(r"_(?:buffer_size|body_size|file_size|hash_max_size|bucket_size|min_length)$"): (
        slice(0, 1),
        re.compile(r"\d+[kKmMgG]?|.*\$.*"),
        "has a value that is no size",
        "write a whole number, alone for bytes or with k, m or g, such as 64m",
    ),
    re.compile(r"^(?:set|auth_request_set)$"): (
        slice(0, 1),
        re.compile(r"\$[A-Za-z_]\w*"),
        "names no variable",
        "write its name with a dollar sign before it",
    ),
    re.compile(r"^(?:map|split_clients)$"): (
        slice(1, 2),
        re.compile(r"\$[A-Za-z_]\w*"),
        "names no variable",
        "write its name with a dollar sign before it",
    ),
    re.compile(r"^(?:allow|deny)$"): (
        slice(0, 1),
        re.compile(r"all|unix:|[0-9.]+(?:/\d+)?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/\d+)?"),
        "has a value that is no network",
        "write an address, a network such as 192.0.2.0/24, or all",
    ),
    re.compile(r"^limit_(?:req|conn)_zone$"): (
        slice(1, 2),
        re.compile(r"zone=[^:]+:\d+[kKmMgG]?"),
        "has no zone with a name and a size",
        "write zone=name:1m",
    ),
}
"""Values whose form is certain, by the names of directives."""
_END = "the_end_of_this_file"

Context = tuple[str, ...]


@dataclass(frozen=True)
class Directive:
    """One directive of a configuration, with what its block holds."""

    name: str
    args: tuple[str, ...]
    line: int
    context: Context
    block: "list[Directive] | None" = None

    def below(self) -> Iterator["Directive"]:
        """Yield what is in the block, at any depth."""
        for inner in self.block or []:
            yield inner
            yield from inner.below()


@dataclass(frozen=True)
class Mistake:
    """What nginx would not start with, and how to mend it."""

    line: int
    what: str
    fix: str
    open: bool = False
    """Whether something has no end: other mistakes in its line do not explain it."""


@dataclass
class Parsed:
    """What stands in a file."""

    directives: list[Directive] = field(default_factory=list[Directive])
    mistakes: list[Mistake] = field(default_factory=list[Mistake])


@dataclass(frozen=True)
class _Word:
    text: str
    line: int
    quoted: bool


def _complete() -> None:
    for listed, mask in _NEWER.items():
        for name in listed.split():
            masks = analyzer.DIRECTIVES.setdefault(name, [])
            if mask not in masks:
                masks.append(mask)
    for name in _ABSENT:
        analyzer.DIRECTIVES.pop(name, None)
    # Up to nginx 1.17 only upstream and server had these; now a location may, too.
    analyzer.DIRECTIVES["limit_req_zone"] = [
        analyzer.NGX_HTTP_MAIN_CONF | analyzer.NGX_CONF_TAKE3 | analyzer.NGX_CONF_TAKE4
    ]


_complete()


def known(name: str) -> bool:
    """Return whether nginx has a directive of that name."""
    return name in analyzer.DIRECTIVES


def parse(text: str, context: Context) -> Parsed:
    """Return the directives of a file that is included in a context, and its mistakes."""
    reader = _Reader(context)
    for word in _lex(text):
        if not reader.read(word):
            break
    return reader.parsed


class _Reader:
    """Reads the words of a file."""

    def __init__(self, context: Context) -> None:
        """Begin where the file is included."""
        self.parsed = Parsed()
        self._context = context
        self._blocks: list[Directive] = []
        self._words: list[_Word] = []

    def read(self, word: _Word) -> bool:
        """Read one word; return whether there is more to read."""
        if word.quoted or word.text not in {"{", "}", ";", _END}:
            self._words.append(word)
            return True
        if word.text == _END:
            self._end(word.line)
            return False
        if word.text == "}":
            return self._close(word)
        words, self._words = self._words, []
        context = self._context
        for block in self._blocks:
            context = analyzer.enter_block_ctx({"directive": block.name}, context)
        directive = _directive(words, word, context, self.parsed.mistakes)
        self._into().append(directive)
        if directive.block is not None:
            self._blocks.append(directive)
        return True

    def _into(self) -> list[Directive]:
        inner = self._blocks[-1].block if self._blocks else None
        return self.parsed.directives if inner is None else inner

    def _close(self, word: _Word) -> bool:
        if self._words:
            self.parsed.mistakes.append(_without_end(self._words[0]))
            self._words = []
        if self._blocks:
            self._blocks.pop()
            return True
        self._open(word.line, "} has unbalanced braces: it closes no block of this file")
        return False

    def _end(self, line: int) -> None:
        if line == 0:
            # Its line is not known: that of the directive it is in, or of the last one before.
            before = [one.line for one in self._words[:1]] or [
                one.line for one in self._into()[-1:]
            ]
            self._open((before or [1])[0], "a quote is never closed", "close it")
        elif self._words:
            self.parsed.mistakes.append(_without_end(self._words[0]))
        elif self._blocks:
            block = self._blocks[-1]
            self._open(block.line, f"{shown(block.name)} has unbalanced braces: it is never closed")

    def _open(self, line: int, what: str, fix: str = "close every block in the same file") -> None:
        self.parsed.mistakes.append(Mistake(line, what, fix, open=True))


def shown(name: str) -> str:
    """Return the name of a directive, or nothing of what is none: it may be a secret."""
    return name if re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) else "a word"


def _lex(text: str) -> Iterator[_Word]:
    """Yield the words of a file, and at last its end, in line 0 if a quote has swallowed that."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.conf"
        path.write_text(f"{text}\n\n{_END} ", encoding="utf-8", newline="\n")
        ended = False
        try:
            for token, line, quoted in crossplane.lex(str(path)):
                if quoted or not token.startswith("#"):
                    yield _Word(token, line, quoted)
                ended = token == _END
        except errors.NgxParserSyntaxError as error:
            if error.strerror.startswith('unexpected "}'):
                yield _Word("}", error.lineno or 1, quoted=False)
    if not ended:
        yield _Word(_END, 0, quoted=False)


def _directive(
    words: list[_Word], end: _Word, context: Context, mistakes: list[Mistake]
) -> Directive:
    block: list[Directive] | None = [] if end.text == "{" else None
    if not words:
        mistakes.append(
            Mistake(
                end.line, f"{end.text} follows no directive", "remove it, or write what it ends"
            )
        )
        return Directive("", (), end.line, context, block)
    name, args = words[0].text, tuple(word.text for word in words[1:])
    directive = Directive(name, args, words[0].line, context, block)
    if context[-1:] and context[-1] in DATA_BLOCKS:
        least, most = (0, 0) if name in _DATA_WORDS else DATA_BLOCKS[context[-1]]
        if block is not None or not least <= len(args) <= most:
            mistakes.append(
                Mistake(
                    directive.line,
                    f"a line of {context[-1]} has not one value",
                    "write a key, its value and a semicolon",
                )
            )
        return directive
    for before, word in pairwise(words):
        if word.line > before.line and not word.quoted and known(word.text):
            mistakes.append(_without_end(words[0]))
            return directive
    if mistake := _checked(directive, end.text):
        mistakes.append(mistake)
    return directive


def _checked(directive: Directive, end: str) -> Mistake | None:
    name, line = directive.name, directive.line
    if not known(name):
        return Mistake(
            line,
            f"{shown(name)} is no directive of nginx without further modules",
            "correct it; what needs another module belongs into the image",
        )
    statement = {"directive": name, "line": line, "args": list(directive.args)}
    try:
        analyzer.analyze("", statement, end, directive.context)
    except errors.NgxParserDirectiveContextError:
        where = directive.context[-1] if directive.context else "the main part"
        return Mistake(line, f"{name} is not allowed in {where}", "move it to where nginx takes it")
    except errors.NgxParserDirectiveArgumentsError as error:
        what, fix = next(told for part, told in _ARGUMENTS.items() if part in error.strerror)
        return Mistake(line, f"{name} {what}", fix)
    for pattern, (told, value, what, fix) in _VALUES.items():
        if pattern.search(name) and not all(value.fullmatch(arg) for arg in directive.args[told]):
            return Mistake(line, f"{name} {what}", fix)
    if name == "if" and not re.fullmatch(r"\(.*\)", " ".join(directive.args), re.DOTALL):
        return Mistake(line, "if has no condition in brackets", "write if (condition) { }")
    return None


def _without_end(word: _Word) -> Mistake:
    return Mistake(
        word.line, f"{shown(word.text)} has no semicolon at its end", "write a semicolon there"
    )
