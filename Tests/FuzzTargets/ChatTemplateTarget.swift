import Foundation
import PeftBasics
import PeftTemplates
import PeftTestSupport

extension FuzzTarget {
  /// A chat template, which then renders a conversation and finds the assistant's turns in it.
  static let chatTemplate = FuzzTarget(
    "chat-template", longest: 4_000,
    seeds: {
      try Seeds.files("Tests/Fixtures/templates", ".jinja", shorterThan: 4_000)
        + Repository.text("Tests/Fixtures/templates/expressions.txt").split(separator: "\n")
        .map { Data($0.utf8) }
    },
    { bytes in
      var limits = TemplateLimits()
      limits.steps = 100_000
      limits.textBytes = 1 << 18
      limits.madeBytes = 1 << 22
      let template = try ChatTemplate(bytes.text, limits: limits)
      let conversation = ChatConversation(
        [
          ["role": "user", "content": "Grüße"],
          ["role": "assistant", "content": "<think>a</think> b"],
        ],
        tools: [
          ["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]
        ],
        variables: ["words": ["one", "two"], "data": ["a": [1, 2], "b": false]],
        now: TemplateTime(year: 2026, month: 2, day: 3))
      try attempt { _ = try template.render(conversation, addGenerationPrompt: true) }
      let marked = try template.markingAssistant(conversation)
      for range in marked.assistant where range.upperBound > marked.text.utf8.count {
        throw FuzzFinding("turn \(range) of a text of \(marked.text.utf8.count) bytes")
      }
    })
}
