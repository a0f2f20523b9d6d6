"""Apache's grammar: sections and directives with their lines, and what Apache refuses."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from settings.rules.nginx_grammar import Directive, Mistake, Parsed

_ANYWHERE, _OUTSIDE, _INSIDE, _GLOBAL = "anywhere", "outside", "inside", "global"
_MANY = 10_000


class _Known(NamedTuple):
    """Where a directive may stand, and how many values it takes."""

    name: str
    where: str
    least: int
    most: int
    flag: bool


def _rows(
    where: str, least: int, most: int, listed: str, *, flag: bool = False
) -> Iterator[tuple[str, _Known]]:
    for name in listed.split():
        yield name.lower(), _Known(name, where, least, most, flag)


_DIRECTIVES: Mapping[str, _Known] = dict(
    [
        *_rows(
            _ANYWHERE,
            1,
            1,
            """
        AliasPreservePath ContentDigest DirectoryCheckHandler DirectorySlash ExpiresActive
        LogIOTrackTTFB Proxy100Continue ProxyAddHeaders ProxyPassInterpolateEnv
        ProxyPreserveHost QualifyRedirectURL RedirectRelative RewriteEngine
    """,
            flag=True,
        ),
        *_rows(
            _ANYWHERE,
            0,
            _MANY,
            """
        BalancerMember DirectoryIndex Error FileETag ProxyPass ProxyPassMatch ProxySet
    """,
        ),
        *_rows(
            _ANYWHERE,
            1,
            1,
            """
        AcceptPathInfo AddDefaultCharset DefaultLanguage DefaultType
        DeflateInflateLimitRequestBody DeflateInflateRatioBurst DeflateInflateRatioLimit
        DirectoryIndexRedirect EnableMMAP EnableSendfile ExpiresDefault FallbackResource
        ForceType HostnameLookups Include IncludeOptional LimitRequestBody
        LimitXMLRequestBody MaxRangeOverlaps MaxRangeReversals MaxRanges ReadBufferSize
        RewriteBase ServerSignature SetHandler SetInputFilter SetOutputFilter UnDefine
        UseCanonicalName UseCanonicalPhysicalPort
    """,
        ),
        *_rows(
            _ANYWHERE,
            1,
            2,
            """
        Alias Define FilterDeclare RLimitCPU RLimitMEM RLimitNPROC ScriptAlias SetEnv
    """,
        ),
        *_rows(
            _ANYWHERE,
            1,
            3,
            """
        ProxyPassReverse Redirect
    """,
        ),
        *_rows(
            _ANYWHERE,
            1,
            _MANY,
            """
        FilterChain LogLevel MultiviewsMatch Options PassEnv ProxyErrorOverride
        RemoveCharset RemoveEncoding RemoveHandler RemoveInputFilter RemoveLanguage
        RemoveOutputFilter RemoveType RewriteOptions UnsetEnv
    """,
        ),
        *_rows(
            _ANYWHERE,
            2,
            2,
            """
        CGIVar ErrorDocument ExpiresByType FilterTrace RedirectPermanent RedirectTemp
        php_admin_flag php_admin_value php_flag php_value
    """,
        ),
        *_rows(
            _ANYWHERE,
            2,
            3,
            """
        FilterProtocol ProxyPassReverseCookieDomain ProxyPassReverseCookiePath
        RedirectMatch RewriteCond RewriteRule
    """,
        ),
        *_rows(
            _ANYWHERE,
            2,
            _MANY,
            """
        AddCharset AddEncoding AddHandler AddInputFilter AddLanguage AddOutputFilter
        AddOutputFilterByType AddType BrowserMatch BrowserMatchNoCase Header RequestHeader
        SetEnvIf SetEnvIfExpr SetEnvIfNoCase
    """,
        ),
        *_rows(
            _ANYWHERE,
            3,
            3,
            """
        FilterProvider
    """,
        ),
        *_rows(
            _GLOBAL,
            0,
            _MANY,
            """
        Listen Mutex RegexDefaultOptions
    """,
        ),
        *_rows(
            _GLOBAL,
            1,
            1,
            """
        ChrootDir CoreDumpDirectory GracefulShutdownTimeout Group ListenBacklog
        ListenCoresBucketsRatio ListenTCPDeferAccept MaxClients MaxConnectionsPerChild
        MaxMemFree MaxRequestWorkers MaxRequestsPerChild MaxSpareServers MinSpareServers
        PidFile ReceiveBufferSize ScoreBoardFile SendBufferSize ServerLimit ServerTokens
        StartServers ThreadStackSize User WatchdogInterval
    """,
        ),
        *_rows(
            _GLOBAL,
            1,
            _MANY,
            """
        RegisterHttpMethod
    """,
        ),
        *_rows(
            _GLOBAL,
            2,
            2,
            """
        AcceptFilter
    """,
        ),
        *_rows(
            _GLOBAL,
            2,
            3,
            """
        GlobalLog
    """,
        ),
        *_rows(
            _INSIDE,
            1,
            1,
            """
        AuthBasicAuthoritative AuthzSendForbiddenOnFailure CGIPassAuth ModMimeUsePathInfo
    """,
            flag=True,
        ),
        *_rows(
            _INSIDE,
            0,
            _MANY,
            """
        AllowOverride AllowOverrideList
    """,
        ),
        *_rows(
            _INSIDE,
            1,
            1,
            """
        AuthBasicUseDigestAlgorithm AuthMerging AuthName AuthType AuthUserFile
    """,
        ),
        *_rows(
            _INSIDE,
            1,
            2,
            """
        AuthBasicFake
    """,
        ),
        *_rows(
            _INSIDE,
            1,
            _MANY,
            """
        AuthBasicProvider Require
    """,
        ),
        *_rows(
            _OUTSIDE,
            1,
            1,
            """
        BalancerInherit BalancerPersist BufferedLogs ExtendedStatus KeepAlive MergeSlashes
        MergeTrailers ProxyPassInherit ProxyRequests RemoteIPProxyProtocol SeeRequestTail
        StrictHostCheck Suexec
    """,
            flag=True,
        ),
        *_rows(
            _OUTSIDE,
            0,
            _MANY,
            """
        AccessFileName RemoteIPProxyProtocolExceptions RequestReadTimeout ServerAlias
    """,
        ),
        *_rows(
            _OUTSIDE,
            1,
            1,
            """
        AllowEncodedSlashes BalancerGrowth DefaultRuntimeDir DeflateAlterEtag
        DeflateBufferSize DeflateCompressionLevel DeflateMemLevel DeflateWindowSize
        DocumentRoot ErrorLog FlushMaxPipelined FlushMaxThreshold KeepAliveTimeout
        LimitRequestFields LimitRequestFieldsize LimitRequestLine MaxKeepAliveRequests
        NameVirtualHost PHPINIDir Port Protocol ProtocolsHonorOrder ProxyBadHeader
        ProxyDomain ProxyIOBufferSize ProxyMaxForwards ProxyReceiveBufferSize
        ProxySourceAddress ProxyStatus ProxyTimeout ProxyVia RemoteIPHeader
        RemoteIPInternalProxyList RemoteIPProxiesHeader RemoteIPTrustedProxyList
        ServerAdmin ServerName ServerPath ServerRoot Timeout TraceEnable TransferLog
        TypesConfig
    """,
        ),
        *_rows(
            _OUTSIDE,
            1,
            2,
            """
        DeflateFilterNote ErrorLogFormat LimitInternalRecursion LogFormat
    """,
        ),
        *_rows(
            _OUTSIDE,
            1,
            _MANY,
            """
        HttpProtocolOptions LoadFile NoProxy Protocols ProxyBlock RemoteIPInternalProxy
        RemoteIPTrustedProxy
    """,
        ),
        *_rows(
            _OUTSIDE,
            2,
            2,
            """
        AliasMatch LoadModule ScriptAliasMatch
    """,
        ),
        *_rows(
            _OUTSIDE,
            2,
            3,
            """
        CustomLog ProxyRemote ProxyRemoteMatch RewriteMap
    """,
        ),
    ]
)
"""What Apache 2.4 takes with the modules that the program loads, as `apache2 -L` and its own
answers in a virtual host tell."""
_SECTIONS: Mapping[str, str] = {
    name.lower(): name
    for name in (
        *("IfDefine", "IfDirective", "IfFile", "IfModule", "IfSection", "IfVersion"),
        *("Directory", "DirectoryMatch", "Files", "FilesMatch", "Location", "LocationMatch"),
        *("If", "ElseIf", "Else", "Proxy", "ProxyMatch", "Limit", "LimitExcept"),
        *("RequireAll", "RequireAny", "RequireNone", "VirtualHost"),
    )
}
_SECTION_NAMES = tuple(_SECTIONS)
_TRANSPARENT = {*_SECTION_NAMES[:6]}
"""Sections whose content may be left out: what is in them need not be known."""
_AROUND = {*_SECTION_NAMES[6:19]}
"""Sections that say for what directives are."""
_APART = {"directory", "directorymatch", "location", "locationmatch", "proxy", "proxymatch"}
"""Sections that Apache takes in no other one."""
_ACTIONS = "add append edit edit* merge note set setifempty unset"
_PERIODS = "year|month|week|day|hour|minute|second"
_OPTIONS = "FollowSymLinks|SymLinksIfOwnerMatch|ExecCGI|Includes(?:NOEXEC)?|Indexes|MultiViews"
_VALUES: Mapping[str, tuple[re.Pattern[str], str]] = {
    name: (re.compile(pattern, re.IGNORECASE), fix)
    for listed, pattern, fix in (
        (
            "header requestheader",
            rf"(?:(?:always|onsuccess) )?(?:{'|'.join(map(re.escape, _ACTIONS.split()))}|echo)\s.*",
            f"begin with one of {_ACTIONS}",
        ),
        ("errordocument", r"[45]\d\d\s.*", "begin with a status such as 404"),
        ("enablesendfile enablemmap", "on|off", "write On or Off"),
        ("usecanonicalname", "on|off|dns", "write On, Off or DNS"),
        ("serversignature", "on|off|email", "write On, Off or EMail"),
        ("allowencodedslashes", "on|off|nodecode", "write On, Off or NoDecode"),
        (
            "expiresdefault",
            rf"(?:access|now|modification)(?: plus)?(?: \d+ (?:{_PERIODS})s?)+|[AM]\d+",
            "write a time such as access plus 7 days",
        ),
        (
            "options",
            rf"(?:[+-]?(?:{_OPTIONS})\s?)+|None|All",
            "write options such as -Indexes, all with a sign or none with one",
        ),
    )
    for name in listed.split()
}
"""Values whose form is certain, and how to write them."""
_WORDS = re.compile(r"""\s*("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\S+)""")


def parse(text: str) -> Parsed:
    """Return the directives of a file that is included in a virtual host, and its mistakes."""
    parsed = Parsed()
    open_sections: list[tuple[Directive, list[Directive]]] = []
    into = parsed.directives
    for number, line in _lines(text):
        if line.startswith("</"):
            name = line[2:].rstrip("> \t").lower()
            if not open_sections or open_sections[-1][0].name != name or not line.endswith(">"):
                parsed.mistakes.append(
                    Mistake(
                        number,
                        "a section is closed that is not the last one opened",
                        "close each section by its own name, in the same file",
                    )
                )
                return parsed
            into = open_sections.pop()[1]
            continue
        context = tuple(section.name for section, _ in open_sections)
        if line.startswith("<"):
            words = _split(line[1:].removesuffix(">"))
            name = words[0].lower() if words else ""
            section = Directive(name, tuple(words[1:]), number, context, [])
            if name not in _SECTIONS or not line.endswith(">"):
                what = (
                    "a section has no > at its end" if name in _SECTIONS else "a section is unknown"
                )
                parsed.mistakes.append(Mistake(number, what, "correct it"))
            elif not words[1:] and name not in {"else", "requireall", "requireany", "requirenone"}:
                parsed.mistakes.append(
                    Mistake(number, f"<{words[0]}> does not say of what", "name it in the section")
                )
            elif name in _APART and {*context} & _AROUND:
                parsed.mistakes.append(
                    Mistake(
                        number,
                        f"<{words[0]}> is not allowed in such a section",
                        "move it out of the section",
                    )
                )
            into.append(section)
            open_sections.append((section, into))
            into = section.block if section.block is not None else into
            continue
        words = _split(line)
        directive = Directive(words[0].lower(), tuple(words[1:]), number, context)
        into.append(directive)
        if mistake := _checked(directive, words[0]):
            parsed.mistakes.append(mistake)
    if open_sections:
        section = open_sections[-1][0]
        parsed.mistakes.append(
            Mistake(
                section.line,
                f"<{shown(section.name)}> is never closed",
                "close every section in the same file",
                open=True,
            )
        )
    return parsed


def shown(name: str) -> str:
    """Return the name of a directive or section as Apache writes it, nothing of what is none."""
    lower = name.lower()
    if lower in _DIRECTIVES:
        return _DIRECTIVES[lower].name
    if lower in _SECTIONS:
        return _SECTIONS[lower]
    return name if re.fullmatch(r"[A-Za-z_]{1,40}", name) else "a word"


def _checked(directive: Directive, written: str) -> Mistake | None:
    inside = {*directive.context}
    known = _DIRECTIVES.get(directive.name)
    if known is not None:
        told = _misused(known, directive.args, inside)
    elif inside & _TRANSPARENT:
        told = None
    else:
        told = (
            "is no directive of the modules that are loaded",
            "correct it, or write it within <IfModule>; the program loads the modules",
        )
    return told and Mistake(directive.line, f"{shown(written)} {told[0]}", told[1])


def _misused(known: _Known, args: tuple[str, ...], inside: set[str]) -> tuple[str, str] | None:
    return _misplaced(known, inside) or _wrong(known, args)


def _misplaced(known: _Known, inside: set[str]) -> tuple[str, str] | None:
    if known.where == _GLOBAL:
        return "is not allowed in a virtual host", "remove it"
    if known.where == _OUTSIDE and inside & _AROUND:
        return "is not allowed in such a section", "move it out of the section"
    if known.where == _INSIDE and not inside & _AROUND:
        return "is not allowed outside of a section", "move it into <Location>"
    return None


def _wrong(known: _Known, args: tuple[str, ...]) -> tuple[str, str] | None:
    if not known.least <= len(args) <= known.most:
        return "has a number of values that Apache does not take", "correct it"
    if known.flag and args[0].lower() not in {"on", "off"}:
        return "is neither On nor Off", "write On or Off"
    value, fix = _VALUES.get(known.name.lower(), (None, ""))
    if value and not value.fullmatch(" ".join(args)):
        return "has a value that Apache does not take", fix
    return None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that says something, with those that continue it, and its number."""
    held, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        if line.endswith("\\") and not line.endswith("\\\\"):
            held += line[:-1]
            continue
        whole = (held + line).strip()
        if whole and not whole.startswith("#"):
            yield start, whole
        held, start = "", 0
    if held.strip() and not held.strip().startswith("#"):
        yield start, held.strip()


def _split(line: str) -> list[str]:
    words: list[str] = []
    for word in _WORDS.findall(line):
        quote = word[0]
        if quote in "\"'":
            inner = word[1:-1] if len(word) > 1 and word.endswith(quote) else word[1:]
            words.append(re.sub(r"\\([\\\"'])", r"\1", inner))
        else:
            words.append(word)
    return words
