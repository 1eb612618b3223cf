//! Serves one cascade: is fed the scores of models, says which samples are done and which models
//! have to run on the others.
//!
//! Nothing here reads files, starts threads or keeps time; whoever serves runs the models. All
//! decisions are made by [`decide`](crate::signal::decide), as in the reference executor.
//!
//! ```
//! use committee::runtime::Runner;
//! use committee::spec::wire::Spec;
//!
//! let spec: Spec = serde_json::from_str(include_str!("../../tests/fixtures/cascade.v1.json"))?;
//! let runner = Runner::new(&spec)?;
//!
//! // Ten classes: the model is sure of the first sample and torn about the second.
//! let mut run = |model: &str, samples: &[usize]| -> Vec<f32> {
//!     let logits = |&sample: &usize| {
//!         let sure = if sample == 0 || model == "cnn_l" { 9.0 } else { 0.5 };
//!         (0..10).map(move |class| if class == 3 { sure } else { 0.0 })
//!     };
//!     samples.iter().flat_map(logits).collect()
//! };
//!
//! let mut batch = runner.start(2);
//! let mut exits = vec![];
//! while let Some(request) = batch.pending() {
//!     for model in request.models {
//!         exits.extend(batch.feed(model, &run(model, &request.samples))?);
//!     }
//! }
//! // The second sample went through all three stages, the first left at once.
//! assert_eq!(exits.iter().map(|exit| (exit.sample, exit.stage)).collect::<Vec<_>>(), [(0, 0), (1, 2)]);
//! assert!(exits.iter().all(|exit| exit.prediction == 3));
//! assert_eq!(exits[0].cost, spec.point.model_costs["cnn_s"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod runner;

pub use batch::{Batch, Exit, Request};
pub use runner::Runner;
