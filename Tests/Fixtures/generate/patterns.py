"""What Python's `re` makes of patterns at the edges of its dialect, under Python 3.11.

    pip install torch==2.13.0 peft==0.21.2 transformers==5.24.0

Writes patterns.json: rows of pattern, text, function and result. A result is null (no match), the
match's start, end and groups (null for a group that took no part), or {"error": true} where the
pattern does not compile. Offsets count Unicode scalars. `named` lists the named groups.
"""

import platform
import re
import warnings

import zoo

warnings.filterwarnings("ignore")

# pattern: texts. Each pair is tried with every function of its section.
WHOLE = {  # fullmatch, as target_modules, exclude_modules and the like are used
    r".*q_proj": ["model.layers.0.self_attn.q_proj", "q_proj", "q_projs", "q_proj\n", "a\nq_proj",
                  ""],
    r".*\.(q|v)_proj$": ["model.layers.10.self_attn.v_proj", "v_proj", "x.q_proj\n"],
    r"(?P<stack>.*layers)\.(?P<index>\d+)\.(?P<rest>.*)": ["model.layers.12.mlp.up", "layers.x.y"],
    r"a|ab": ["a", "ab", "abc"],
    r"(a|ab)(c|bcd)": ["abcd", "ac", "abc"],
    r"a$": ["a", "a\n", "a\n\n"],
    r"a\Z": ["a", "a\n"],
    r"a$\n": ["a\n"],
    r"^a": ["a", "\na"],
    r"": ["", "a"],
    r"(?:a|b)*": ["abab", "abc"],
    r"(a)|b": ["b", "a"],
    r"(a*)*": ["aaa", "", "b"],
    r"(a*)+": ["aaa", ""],
    r"(a|b)*": ["ab", ""],
    r"(?:(a)|b)*": ["ab", "ba"],
    r".*?": ["abc", ""],
    r"a.c": ["abc", "a\nc", "a\u2028c", "a\rc", "aéc", "a😀c"],
    r"..": ["é", "e\u0301", "😀", "😀😀"],
    r"model\.layers\.(?:[0-9]|1[0-5])\.mlp": ["model.layers.9.mlp", "model.layers.15.mlp",
                                              "model.layers.16.mlp"],
    r"(?!.*\.0\.).*_proj": ["layers.1.q_proj", "layers.0.q_proj"],
    r"(?!lm_head).*": ["lm_head", "model"],
    r".*(?<!k)_proj": ["q_proj", "k_proj"],
    r".*(?<=attn)\.q": ["attn.q", "mlp.q"],
    r"\w+\.\d+": ["h.0", "h.٣", "h.x", "é.1", "h.²"],
    r"(?a)\w+\.\d+": ["h.0", "h.٣", "é.1"],
    r"[\w.]+": ["a.b-c", "a.b_c.9"],
}

SEARCH = {  # search, match and fullmatch
    r"\d+": ["layer12", "٣", "12", "x", "½"],
    r"\D+": ["ab1", "٣"],
    r"\w": ["_", "é", "-", "漢", "ª", "\u0301"],
    r"\W": ["é", "-", "\u00a0"],
    r"\s": ["\u00a0", "\u2003", "\x1c", "\x85", "\u200b", "\t"],
    r"\bq\b": ["a.q.b", "a_q", "éq", "q"],
    r"\Bq": ["aq", "q"],
    r"(?i)LAYER": ["layer", "LaYeR"],
    r"(?i)ß": ["SS", "ẞ", "ß"],
    r"(?i)k": ["\u212a", "K"],
    r"(?i)ſ": ["s", "S"],
    r"(?i)[a-z]+": ["ABC", "\u212a"],
    r"(?m)^b$": ["a\nb\nc", "b"],
    r"(?s)a.b": ["a\nb"],
    r"(?x) a b # comment": ["ab", "a b"],
    r"(?i:a)b": ["Ab", "AB"],
    r"(?-i:a)b": ["ab", "Ab"],
    r"(?i)(?-i:a)b": ["aB", "AB"],
    r"(?s-i:a.)b": ["a\nb"],
    r"(?P<n>a)(?P=n)": ["aa", "ab"],
    r"(a)\1": ["aa", "ab"],
    r"(a)?b\1": ["aba", "b"],
    r"(a)(?(1)b|c)": ["ab", "ac", "c"],
    r"(a)?(?(1)b|c)": ["ab", "c", "b"],
    r"(?P<q>a)?(?(q)b)": ["ab", "b", "a"],
    r"(?>a+)b": ["aab", "ab"],
    r"(?>a+)ab": ["aaab"],
    r"a++b": ["aab"],
    r"a++ab": ["aaab"],
    r"a*+": ["aaa"],
    r"a?+a": ["a", "aa"],
    r"a{1,2}+a": ["aa", "aaa"],
    r"a{,3}": ["aaaa", "a{,3}", ""],
    r"a{2}": ["aaa", "a"],
    r"a{2,}": ["aaaa"],
    r"a{,}": ["aaa", "a{,}"],
    r"a{}": ["a{}", "aa"],
    r"a{x}": ["a{x}"],
    r"a{1": ["a{1"],
    r"a{1,x}": ["a{1,x}"],
    r"{a}": ["{a}"],
    r"a}": ["a}"],
    r"]": ["]"],
    r"[]a]+": ["]a", "b"],
    r"[^]a]+": ["b]", "]"],
    r"[a\]]+": ["a]"],
    r"[[:alpha:]]+": ["a:]", "alpha", "[]", ":]"],
    r"[[a]": ["[", "a"],
    r"[a-]+": ["a-", "b"],
    r"[-a]+": ["-a"],
    r"[\d-z]+": ["1-z"],
    r"[a\-z]+": ["a-z", "b"],
    r"[\w-]+": ["a-b"],
    r"[^\W\d]+": ["ab1"],
    r"[.]+": ["..", "a"],
    r"[a&&b]+": ["a&b"],
    r"[a||b]+": ["a|b"],
    r"[a--b]+": ["a-b"],
    r"[\b]": ["\b", "b"],
    r"\x41": ["A"],
    r"\u00e9": ["é"],
    r"\U0001F600": ["😀"],
    r"\N{BULLET}": ["•"],
    r"\0": ["\0"],
    r"\07": ["\x07"],
    r"\101": ["A"],
    r"\377": ["ÿ"],
    r"[\101]": ["A"],
    r"\t\n\r\f\v\a": ["\t\n\r\f\v\a"],
    r"\.\-\/\#\ \~\"": [". -/# ~\"", ".-/# ~\""],
    r"\_": ["_"],
    r"\é": ["é"],
    r"(?#comment)a": ["a"],
    r"(?=a)a": ["a"],
    r"(?=(a+))a": ["aa"],
    r"(?<=a)b": ["ab", "b"],
    r"(?<=ab|cd)e": ["cde"],
    r"(?<!a)b": ["ab", "b"],
    r"(?<=a{2})b": ["aab", "ab"],
    r"(?<=a|b)c": ["bc", "c"],
    r"(?<=(a))b": ["ab"],
    r"(?<=\ba)b": ["ab", "aab"],
    r"\Aa": ["a", "ba"],
    r"a\b\Z": ["a", "a\n"],
    r"$": ["", "\n", "a\n"],
    r"^": ["a"],
    r"(?m)$": ["a\nb"],
    r"$a": ["a"],
    r"a^b": ["ab"],
    r"()": ["a"],
    r"(|a)+": ["aa"],
    r"(?:)": [""],
    r"(?:a*)*b": ["aab"],
    r"(a)(b)?(c)?": ["ac", "ab"],
    r"(?P<é>a)": ["a"],
    r"((((((((((a))))))))))\10": ["aa"],
    r"^*a": ["a"],
    r"$*": ["a"],
    r"\b+": ["a"],
    r"\A*a": ["a"],
    r"(?=a)*b": ["b"],
    r"(?:a+)+$": ["aaaa", "aaab"],
}

ERRORS = [  # patterns that do not compile, or that another dialect reads differently
    "(", ")", "a)", "(a", "[", "[a", "[]", "[^]", "[z-a]", r"[\d-\w]", r"[a-\d]", "*", "+", "?",
    "a**", "a+*", "a{2}{3}", "a{2}*", "a+++", "a??+", "a{3,2}", "a{99999999999}", "{1}", "{,3}",
    "|*", "(*)", "(?", "(?P", "(?P<", "(?P<n", "(?P<n>", "(?P<>a)", "(?P<1n>a)", "(?P<n-m>a)",
    "(?P<n>a)(?P<n>b)", "(?P=n)", "(?P=n", "(?P>n)", "(?<n>a)", "(?'n'a)", "(?n)", "(?z)", "(?R)",
    "(?0)", "(?1)", "(?+1)", "(?&n)", "(?|a|b)", "(?C)", "(*FAIL)", "(*UTF8)a", "(*ACCEPT)",
    "(*PRUNE)a", "a(?i)b", "(?i", "(?i)(?s)a", "(?-i)a", "(?i-)a", "(?i-i:a)", "(?L)a", "(?au)a",
    "(?a:a)", "(?u-i:a)", "(?<=a*)b", "(?<=a|bc)d", "(?<!a+)b", r"(?<=(a)\1)b", "(?<=a{2})b",
    "(?<=a{1,2})b", "(?(1)a|b)", "(a)(?(1)a|b|c)", "(a)(?(2)a)", "(?(n)a)", "(a)?(?(01)b)",
    "(a)(?(0)b)", r"\1", r"(a)\2", r"(\1)", r"\8", r"\400", r"[\400]", r"\h", r"\H", r"\K",
    r"\Q.\E", r"\R", r"\X", r"\G", r"\C", r"\p{L}", r"\P{L}", r"\pL", r"\z", r"\e", r"\c", r"\cA",
    r"\g<1>", r"\g{1}", r"\k<n>", r"(?P<n>a)\k<n>", r"\y", r"\i", r"\l", r"\x", r"\x4", r"\x{41}",
    r"\u00e", r"\U0001F60", r"\U99999999", r"\N", r"\N{}", r"\N{NO SUCH}", r"\o{101}", "a\\",
    r"[\h]", r"[\R]", r"[\A]", r"[\B]", r"[\Z]", r"[\y]", r"[\1]", "[[=a=]]", "[[.a.]]", "(?#",
    "(?#a", "(?=", "(?<a", "(?<=", "(?>", "(?>a", "(?:", "(?~a)", "(?^i:a)", "(?P#a)", "(?<*a)",
    "(?=a)+b", "((a)", "(?x)a # (", "(?x)[a #]b", "(?x)(? :a)", r"(?x)a\ b", "a{1,2}{3}",
    "(?s:.)(?i)a", " (?i)a", "(?P<a.b>x)", "x{-1}", "x{1,-1}", "x{ 1 }", "x{1 ,2}",
    "(?P<n>a|(?P=n)b)",
]
TEXTS_FOR_ERRORS = ["a", "ab"]


def result(pattern, text, function):
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, ValueError):
        return {"error": True}
    match = getattr(compiled, function)(text)
    if match is None:
        return None
    found = {"start": match.start(), "end": match.end(), "groups": list(match.groups())}
    if compiled.groupindex:
        found["named"] = dict(match.groupdict())
    return found


def rows():
    for pattern, texts in WHOLE.items():
        for text in texts:
            yield pattern, text, "fullmatch"
    for index, (pattern, texts) in enumerate(SEARCH.items()):
        for text in texts:
            yield pattern, text, "search"
        yield pattern, texts[0], ("match", "fullmatch")[index % 2]
    for pattern in ERRORS:
        if result(pattern, "", "search") == {"error": True}:
            yield pattern, "a", "fullmatch"
        else:
            for text in TEXTS_FOR_ERRORS + [pattern.replace("\\", "")]:
                yield pattern, text, "search"


if __name__ == "__main__":
    table = [{"pattern": pattern, "text": text, "function": function,
              "result": result(pattern, text, function)} for pattern, text, function in rows()]
    errors = sum(row["result"] == {"error": True} for row in table)
    print(len(table), "rows;", errors, "errors")
    zoo.write("patterns.json", {"versions": {**zoo.VERSIONS, "python": platform.python_version()}},
              {"rows": table})
