import Documents
import Schemas

func document(_ text: String) throws -> Document { try Document(json: Array(text.utf8)) }

func schema(_ text: String, _ options: SchemaOptions = SchemaOptions()) throws -> Schema {
  try Schema(document(text).value, options: options)
}

extension Schema {
  func accepts(_ text: String) throws -> Bool { try accepts(document(text).root) }
}
