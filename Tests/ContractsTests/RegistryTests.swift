// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import RPC
import Testing

@Suite("The contract registry")
struct RegistryTests {
  @Test("knows every file that a file imports, and finds it by what it declares")
  func files() throws {
    #expect(!ContractRegistry.files.isEmpty)
    for file in ContractRegistry.files {
      for name in file.dependencies {
        #expect(ContractRegistry.file(named: name) != nil, "\(file.name) imports \(name)")
      }
      for symbol in file.symbols { #expect(ContractRegistry.file(containing: symbol)?.name == file.name) }
      // Field 1 of a FileDescriptorProto is its name.
      let bytes = file.serializedDescriptor
      #expect(
        Array(bytes.prefix(2 + file.name.utf8.count)) == [0x0a, UInt8(file.name.utf8.count)] + Array(file.name.utf8))
    }
    #expect(
      ContractRegistry.file(containing: "waymark.projects.v1.ProjectService.GetProject")?.name
        == "waymark/projects/v1/project.proto")
    #expect(
      ContractRegistry.file(containing: "google.rpc.BadRequest.FieldViolation")?.name
        == "google/rpc/error_details.proto")
    #expect(ContractRegistry.file(named: "nope.proto") == nil)
  }

  @Test("knows every method with the types of its messages")
  func methods() throws {
    let path = "/waymark.measurement.v1.ObservationService/ImportObservations"
    let method = try #require(ContractRegistry.methods[path])
    #expect(method.descriptor == MeasurementV1.ObservationServiceMethods.importObservations)
    #expect(method.descriptor.kind == .clientStreaming)
    #expect(method.input.descriptor.fullName == "waymark.measurement.v1.ImportObservationsRequest")
    #expect(method.output.descriptor.fullName == "waymark.measurement.v1.ImportObservationsResponse")
    for method in ContractRegistry.methods.values {
      for type in [method.input, method.output] {
        let empty = type.init()
        #expect(try empty.serialized() == [])
        #expect(try type.init(json: "{}").json() == "{}")
        #expect(ContractRegistry.file(containing: type.descriptor.fullName) != nil)
      }
    }
  }
}
