//! Makes one pool and prints its manifest's path: `cargo bench --bench make -- 8 50000 1000`.

mod made;

fn main() {
    let sizes: Vec<usize> =
        std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    if let [models, samples, classes] = sizes[..] {
        println!("{}", made::pool(made::Size { models, samples, classes }).display());
    }
}
