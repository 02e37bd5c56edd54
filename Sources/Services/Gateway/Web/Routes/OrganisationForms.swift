// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import RPC

// The form for a new organisation: the first thing that a new installation needs.

extension WebPages {
  @Sendable func newOrganisation(_ request: Request, _ context: Context) async throws -> Response {
    render(organisationForm(Form([:]), FormProblems()))
  }

  @Sendable func createOrganisation(_ request: Request, _ context: Context) async throws -> Response {
    let form = try await Form(request)
    var problems = FormProblems()
    if form["name"].isEmpty { problems.add("Give the organisation a name.", field: "name") }
    guard problems.isEmpty else { return refuse(form, FormRefusal(problems)) }
    do {
      let answer = try await backends.organisations.createOrganisation(
        .init(
          organisation: .init(name: form["name"], code: form["code"], kind: .organisation),
          requestID: RequestID.of(form)),
        options: deadline.options)
      let id = answer.organisation?.id ?? ""
      return .seeOther("/projects/new?organisation=\(URLText.queryValue(id))")
    } catch let error as RPCError {
      let fields = ["organisation.name": "name", "organisation.code": "code"]
      return refuse(form, FormRefusal(error, by: backends.people, fields: fields))
    }
  }

  private func refuse(_ form: Form, _ refusal: FormRefusal) -> Response {
    render(organisationForm(form, refusal.problems), status: refusal.status)
  }

  private func organisationForm(_ form: Form, _ problems: FormProblems) -> FormView {
    FormView(
      heading: "New organisation",
      intro: "A hospital, a practice, a service: whoever owns the improvement work.",
      problems: problems, action: "/organisations", requestID: RequestID.of(form),
      groups: [
        FieldGroup(
          "The organisation",
          [
            .text("name", "Name", hint: "As people know it.", value: form["name"], maxLength: 200),
            .text(
              "code", "Code", hint: "What registers know it by, such as an ODS code.", value: form["code"],
              optional: true, short: true, maxLength: 32),
          ])
      ],
      submitLabel: "Create the organisation", cancelPath: "/")
  }
}
