import Assist
import Configuration
import DemoWorld
import Domain
import Store

/// A store filled with the fictional operator: what `make run` opens and `store init --demo` makes.
enum DemoDesk {
  /// All of it or nothing: a store that could not be filled is not left behind.
  ///
  /// - Parameter progress: gets the part that is done, 0 to 1.
  static func create(
    at path: String, resources: String, options: DemoOptions, progress: (Double) -> Void
  ) throws {
    let folder = ResourceFolder(resources)
    let configuration = try folder.load()
    let world = try DemoWorld(options, material: folder.loadDemoMaterial(), configuration: configuration)
    let store = try SharedStore.create(at: path, purpose: .demo, configuration: configuration)
    defer { store.close() }
    do {
      let total = Double(max(1, world.stepCount))
      var done = 0
      let batches = world.batches().lazy.map { batch in
        done = batch.done
        return batch.changes
      }
      // Making the indexes takes about a quarter of the time.
      try store.bulkLoad(batches) { report in
        switch report.stage {
        case .rows: progress(0.75 * Double(done) / total)
        default: progress(0.9)
        }
      }
      // So that it opens with what half a year of closes taught. Few tickets, or none, teach nothing.
      var learning = LearningRound.Options()
      learning.comparesPeople = false
      do { _ = try StoreLearning.run(store, learning) } catch is ModelTraining.Problem {}
      progress(1)
    } catch {
      store.close()
      SharedStore.remove(at: path)
      throw error
    }
  }
}
