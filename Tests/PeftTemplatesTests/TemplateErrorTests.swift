import PeftBasics
import PeftTemplates
import PeftTestSupport
import Testing

@Suite("What is wrong with a template is said with its place") struct TemplateErrorTests {
  private func problem(_ template: String, _ messages: [JSONValue]? = nil) -> String? {
    message {
      _ = try ChatTemplate(template, path: "chat_template.jinja").render(
        ChatConversation(messages ?? [["role": "user", "content": "Hi"]]))
    }
  }

  @Test("A tag that is not closed")
  func syntax() {
    #expect(
      problem("one\n{% if messages %}\ntwo")
        == """
        chat_template.jinja:2:1: the block has no 'endif'
            2 | {% if messages %}
              | ^~~~~
          fix: correct the template
        """)
  }

  @Test("Something undefined")
  func undefined() {
    #expect(
      problem("{% for m in messages %}\n  {{ m.role.name.x }}\n{% endfor %}")
        == """
        chat_template.jinja:2:6: a 'str' has no attribute 'name'
            2 |   {{ m.role.name.x }}
              |      ^~~~~~~~~~~~~
          fix: give it, or test it with 'is defined' first
        """)
  }

  @Test("The template's own complaint")
  func raised() {
    #expect(
      problem("{{ raise_exception('Only ' ~ 2 ~ ' turns') }}")
        == """
        chat_template.jinja:1:4: the template refuses this conversation: Only 2 turns
            1 | {{ raise_exception('Only ' ~ 2 ~ ' turns') }}
              |    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
          fix: change the messages
        """)
  }

  @Test("Filters, tests and tags that there are none of, and limits")
  func others() {
    #expect(problem("{{ 1 | urlize }}")?.contains("the filter 'urlize' is not supported") == true)
    #expect(problem("{{ 1 is new }}")?.contains("there is no test 'new'") == true)
    #expect(problem("{% extends 'x' %}")?.contains("the tag 'extends' is not supported") == true)
    #expect(
      problem("{{ 'a' * 10 ** 9 }}")?.contains("a text of more than 33,554,432 bytes") == true)
  }

  @Test("A conversation that is none")
  func conversations() {
    #expect(problem("x", [])?.contains("the conversation has no messages") == true)
    #expect(
      problem("x", [["role": "user"], "Hi"])?.contains("message 2 is a text, not an object") == true
    )
  }
}
