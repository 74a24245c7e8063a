import PeftBasics
import PeftTemplates
import PeftTestSupport
import Testing

@Suite("Templates that mean harm", .timeLimit(.minutes(2))) struct HostileTemplateTests {
  /// Smaller limits than usual, so that tests in debug builds are quick.
  private static var limits: TemplateLimits {
    var limits = TemplateLimits()
    limits.steps = 200_000
    limits.textBytes = 1 << 20
    limits.madeBytes = 16 << 20
    return limits
  }

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  private static let forever = "{% for i in range(100000) %}"

  static let templates: [String] = [
    // Large results.
    "{{ 'a' * 10 ** 9 }}",
    "{{ 'a' * 9223372036854775807 }}",
    "{{ [1] * 10 ** 12 }}",
    "{{ ([[1] * 1000] * 1000) * 1000 }}",
    "{{ range(10 ** 12) | list }}",
    "{{ 'x'.center(10 ** 15) }}",
    "{{ 'x'.ljust(9223372036854775807, '…') }}",
    "{{ 'x' | indent(10 ** 12, true) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
    "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
    "{{ ('b' * 100000).join(('a' * 100000) | list) }}",
    "{{ [1] | batch(10 ** 12, 0) | list }}",
    "{{ [[1]] | tojson(indent=10 ** 12) }}",
    "{{ strftime_now('%c' * 1000000) }}",
    // Doubling.
    "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
    "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "{% set ns = namespace(x=(1,)) %}{% for i in range(90) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
    // Nesting in values.
    "{% set ns = namespace(x=[]) %}" + forever + "{% set ns.x = [ns.x] %}{% endfor %}",
    "{% set ns = namespace(x={}) %}" + forever + "{% set ns.x = {'a': ns.x} %}{% endfor %}",
    "{% set ns = namespace(x=[]) %}" + forever + "{% set ns.x = [ns.x] | select %}{% endfor %}",
    "{% set ns = namespace() %}{% set ns.me = [ns] %}{{ ns }}",
    // Nesting in the template.
    "{{ " + repeated("(", 100_000) + "1" + repeated(")", 100_000) + " }}",
    "{{ " + repeated("[", 100_000) + repeated("]", 100_000) + " }}",
    "{{ " + repeated("{1:", 50_000) + "1" + repeated("}", 50_000) + " }}",
    "{{ " + repeated("not ", 100_000) + "1 }}",
    "{{ " + repeated("-", 100_000) + "1 }}",
    "{{ 1" + repeated(" + 1", 100_000) + " }}",
    "{{ 'a'" + repeated(" | upper", 100_000) + " }}",
    "{{ a" + repeated(".a", 100_000) + " }}",
    "{{ 1" + repeated(" if 1 else 1", 100_000) + " }}",
    "{{ 1" + repeated(" is eq 1", 2) + repeated("[1", 50_000) + " }}",
    repeated("{% if 1 %}", 100_000),
    repeated("{% for i in [1] %}", 1000) + repeated("{% endfor %}", 1000),
    "{% set " + repeated("(", 100_000) + "a = 1 %}",
    // Running on.
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
    "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
    "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    forever + forever + forever + "{% endfor %}{% endfor %}{% endfor %}",
    forever + "{{ range(100000) | sum }}{% endfor %}",
    forever + "{{ messages }}{% endfor %}",
    forever + "{% set x = ('a' * 100000).find('b') %}{% endfor %}",
    forever + "{{ (range(1000) | list) == (range(1000) | list) }}{% endfor %}",
    // Numbers.
    "{{ 9223372036854775807 + 1 }}",
    "{{ (-9223372036854775807 - 1) // -1 }}",
    "{{ (-9223372036854775807 - 1) | abs }}",
    "{{ -(-9223372036854775807 - 1) }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 99999999999999999999 }}",
    "{{ range(-9223372036854775807, 9223372036854775807) }}",
    "{{ 1 // 0 }}",
    // Ways out.
    "{{ ''.__class__.__mro__ }}",
    "{{ messages.append(1) }}",
    "{{ cycler.__init__.__globals__ }}",
    "{% include '/etc/passwd' %}",
  ]

  @Test("Each is one error in bounded time and memory", arguments: templates.indices)
  func refused(index: Int) throws {
    let text = Self.templates[index]
    let error = #expect(throws: TemplateError.self) {
      let template = try ChatTemplate(text, limits: Self.limits)
      _ = try template.render(ChatConversation([["role": "user", "content": "Hi"]]))
    }
    #expect(error?.range.start.line == 1, "\(text.prefix(80))")
  }

  @Test("What is large and harmless goes through")
  func accepted() throws {
    let conversation = ChatConversation([["role": "user", "content": "Hi"]])
    for (text, expected) in [
      ("{{ [1, 2, 3][-9223372036854775807:9223372036854775807] }}", "[1, 2, 3]"),
      ("{{ (-9223372036854775807 - 1) % -1 }}", "0"),
      ("{{ 'abc'[9223372036854775807:] }}", ""),
      ("{{ 'ab'.split('b', 9223372036854775807) | length }}", "2"),
      ("{{ 1e308 * 10 }} {{ '' * 9223372036854775807 }}", "inf "),
      (
        "{% set ns = namespace() %}{% set ns.me = ns %}{% macro m() %}{{ m }}{% endmacro %}{{ m() }}",
        "<Macro 'm'>"
      ),
    ] {
      #expect(try ChatTemplate(text, limits: Self.limits).render(conversation) == expected)
    }
  }

  @Test("Namespaces in each other, a thousand deep and more, come apart again")
  func chainedNamespaces() throws {
    let text = """
      {% set ns = namespace(x=none) %}{% for i in range(20000) %}{% set ns.x = namespace(x=ns.x) %}{% endfor %}\
      {% macro m(f) %}{% macro g() %}{{ f }}{% endmacro %}{% set ns.f = g %}{% endmacro %}\
      {% for i in range(5000) %}{% set z = m(ns.f) %}{% endfor %}done
      """
    var limits = TemplateLimits()
    limits.steps = 2_000_000
    let template = try ChatTemplate(text, limits: limits)
    #expect(
      try template.render(ChatConversation([["role": "user", "content": "Hi"]])) == "done")
  }
}
