// SPDX-License-Identifier: Apache-2.0

/// A page with one form: new organisation, new project, new measure.
struct FormView: PageView {
  static let template = "form"

  let page: PageFrame
  let crumbs: [Crumb]
  let heading: String
  let intro: String?
  let notices: [Notice]
  let errors: [FormError]
  let hasErrors: Bool
  let errorTitle: String
  let action: String
  /// Makes sending the form twice create one thing only.
  let requestID: String
  let groups: [FieldGroup]
  let submitLabel: String
  let cancelPath: String

  init(
    heading: String, intro: String?, section: PageFrame.Section = .elsewhere, crumbs: [Crumb] = [.projects],
    notices: [Notice] = [], problems: FormProblems, action: String, requestID: String, groups: [FieldGroup],
    submitLabel: String, cancelPath: String
  ) {
    let known = Set(groups.flatMap(\.fields).map(\.fieldName))
    self.errors = problems.list(known: known)
    self.hasErrors = !problems.isEmpty
    self.errorTitle = errors.count == 1 ? "There is a problem" : "There are \(errors.count) problems"
    self.page = PageFrame(title: hasErrors ? "Error: \(heading)" : heading, section: section)
    self.crumbs = crumbs
    self.heading = heading
    self.intro = intro
    self.notices = notices
    self.action = action
    self.requestID = requestID
    self.groups = groups.map { $0.marked(with: problems) }
    self.submitLabel = submitLabel
    self.cancelPath = cancelPath
  }
}

/// Fields that belong together.
struct FieldGroup: Sendable, Hashable {
  let legend: String
  let groupID: String?
  var fields: [Field]

  init(_ legend: String, id: String? = nil, _ fields: [Field]) {
    self.legend = legend
    self.groupID = id
    self.fields = fields
  }

  func marked(with problems: FormProblems) -> FieldGroup {
    var marked = self
    marked.fields = fields.map { field in
      guard let message = problems.message(for: field.fieldName) else { return field }
      return field.refused(message)
    }
    return marked
  }
}

/// One field of a form.
struct Field: Sendable, Hashable {
  /// One entry of a select.
  struct Choice: Sendable, Hashable {
    let choiceValue: String
    let choiceLabel: String
    var isChosen = false
  }

  let fieldName: String
  let fieldID: String
  let fieldLabel: String
  let fieldHint: String?
  let fieldValue: String
  let isOptional: Bool
  let isShort: Bool
  /// Kinds of chart, space separated, that have use for this field; `nil` when all have.
  let onlyFor: String?
  let maxLength: Int?
  let inputType: String
  let inputMode: String?
  let isInput: Bool
  let isTextArea: Bool
  let isSelect: Bool
  let choices: [Choice]
  private(set) var hasError = false
  private(set) var fieldError = ""
  private(set) var describedBy: String?
  /// Where what is not among the choices can be added.
  private(set) var addPath: String?
  private(set) var addLabel = ""
  /// A box to tick; its value is sent when it is ticked.
  let isTick: Bool
  let isTicked: Bool

  private enum Control { case input(type: String, mode: String?), textArea, select([Choice]), tick(Bool) }

  private init(
    _ control: Control, _ name: String, _ label: String, hint: String?, value: String, optional: Bool,
    short: Bool, onlyFor: String?, maxLength: Int?
  ) {
    self.fieldName = name
    self.fieldID = name
    self.fieldLabel = label
    self.fieldHint = hint
    self.fieldValue = value
    self.isOptional = optional
    self.isShort = short
    self.onlyFor = onlyFor
    self.maxLength = maxLength
    var (type, mode, choices): (String, String?, [Choice]) = ("text", nil, [])
    switch control {
    case .input(let inputType, let inputMode): (type, mode) = (inputType, inputMode)
    case .textArea, .tick: break
    case .select(let entries): choices = entries
    }
    self.inputType = type
    self.inputMode = mode
    if case .input = control { self.isInput = true } else { self.isInput = false }
    if case .textArea = control { self.isTextArea = true } else { self.isTextArea = false }
    if case .select = control { self.isSelect = true } else { self.isSelect = false }
    if case .tick(let ticked) = control {
      self.isTick = true
      self.isTicked = ticked
    } else {
      self.isTick = false
      self.isTicked = false
    }
    self.choices = choices
    self.describedBy = hint == nil ? nil : "\(name)-hint"
  }

  static func text(
    _ name: String, _ label: String, hint: String? = nil, value: String, optional: Bool = false, short: Bool = false,
    onlyFor: String? = nil, maxLength: Int? = nil
  ) -> Field {
    Field(
      .input(type: "text", mode: nil), name, label, hint: hint, value: value, optional: optional, short: short,
      onlyFor: onlyFor, maxLength: maxLength)
  }

  /// A text of several lines.
  static func prose(
    _ name: String, _ label: String, hint: String? = nil, value: String, optional: Bool = false,
    onlyFor: String? = nil, maxLength: Int
  ) -> Field {
    Field(
      .textArea, name, label, hint: hint, value: value, optional: optional, short: false, onlyFor: onlyFor,
      maxLength: maxLength)
  }

  /// A number, as text: `type=number` hides what a browser could not read, and we want to show it with the error.
  static func number(
    _ name: String, _ label: String, hint: String? = nil, value: String, optional: Bool = true, onlyFor: String? = nil
  ) -> Field {
    Field(
      .input(type: "text", mode: "decimal"), name, label, hint: hint, value: value, optional: optional, short: true,
      onlyFor: onlyFor, maxLength: 30)
  }

  static func day(_ name: String, _ label: String, hint: String? = nil, value: String, optional: Bool = true) -> Field {
    Field(
      .input(type: "date", mode: nil), name, label, hint: hint, value: value, optional: optional, short: true,
      onlyFor: nil, maxLength: nil)
  }

  /// A choice of one.
  /// - Parameter choices: Value and label of each.
  static func choice(
    _ name: String, _ label: String, hint: String? = nil, value: String, optional: Bool = false, short: Bool = false,
    choices: [(value: String, label: String)]
  ) -> Field {
    let entries = choices.map { Choice(choiceValue: $0.value, choiceLabel: $0.label, isChosen: $0.value == value) }
    return Field(
      .select(entries), name, label, hint: hint, value: value, optional: optional, short: short, onlyFor: nil,
      maxLength: nil)
  }

  /// A box that says yes.
  static func tick(_ name: String, _ label: String, hint: String? = nil, ticked: Bool) -> Field {
    Field(
      .tick(ticked), name, label, hint: hint, value: "yes", optional: true, short: false, onlyFor: nil, maxLength: nil)
  }

  /// The field with a link to where what is missing can be added.
  func leading(to link: Crumb) -> Field {
    var field = self
    (field.addPath, field.addLabel) = (link.path, link.label)
    return field
  }

  /// The field with what is wrong about its value.
  func refused(_ message: String) -> Field {
    var field = self
    field.hasError = true
    field.fieldError = message
    field.describedBy = [describedBy, "\(fieldID)-error"].compactMap { $0 }.joined(separator: " ")
    return field
  }
}

/// A line of the summary of errors.
struct FormError: Sendable, Hashable {
  let message: String
  /// Element id of the field; `nil` when no field is meant.
  let target: String?
}

/// What is wrong with the values of a form.
struct FormProblems: Sendable, Hashable {
  private var byField: [(field: String, message: String)] = []
  private var general: [String] = []

  init() {}

  var isEmpty: Bool { byField.isEmpty && general.isEmpty }

  mutating func add(_ message: String, field: String) {
    byField.append((field, message))
  }

  mutating func add(_ message: String) {
    general.append(message)
  }

  /// The first thing that is wrong with a field.
  func message(for field: String) -> String? {
    byField.first { $0.field == field }?.message
  }

  /// All problems, those of fields that are not on the form as well: nothing is kept back.
  func list(known: Set<String>) -> [FormError] {
    general.map { FormError(message: $0, target: nil) }
      + byField.map {
        known.contains($0.field)
          ? FormError(message: $0.message, target: $0.field)
          : FormError(message: "\($0.field): \($0.message)", target: nil)
      }
  }

  static func == (left: FormProblems, right: FormProblems) -> Bool {
    left.general == right.general && left.byField.elementsEqual(right.byField, by: ==)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(general)
    for problem in byField { hasher.combine(problem.field) }
  }
}
