// Renders chat templates for Scripts/check_chat_templates.py: a JSON object a line in, one a line out.
import PeftBasics
import PeftTemplates

while let line = readLine() {
  var line = line
  let request = try line.withUTF8 { try JSONValue(UnsafeRawBufferPointer($0)) }
  var answer: JSONValue
  do {
    let template = try ChatTemplate(
      request["template"]?.string ?? "",
      specialTokens: [
        "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
      ])
    var variables: [String: JSONValue] = [:]
    if case .map(let members)? = request["variables"] {
      for (name, value) in members { variables[name] = value }
    }
    let conversation = ChatConversation(
      request["messages"]?.elements ?? [], tools: request["tools"]?.elements,
      documents: request["documents"]?.elements, variables: variables,
      now: TemplateTime(year: 2026, month: 2, day: 3, hour: 14, minute: 5, second: 9))
    let text = try template.render(
      conversation, addGenerationPrompt: request["prompt"]?.bool ?? false)
    answer = ["text": .text(text)]
    if request["spans"] == true {
      do {
        let marked = try template.markingAssistant(conversation)
        let spans = marked.assistant.map {
          JSONValue.list([.integer($0.lowerBound), .integer($0.upperBound)])
        }
        answer = ["text": .text(text), "spans": .list(spans)]
      } catch {
        answer = ["text": .text(text), "refused": .text("\(error)")]
      }
    }
  } catch {
    answer = ["error": .text("\(error)")]
  }
  print(answer.text(.compact))
}
