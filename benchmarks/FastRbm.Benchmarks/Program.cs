using FastRbm.Benchmarks;
using FastRbm.Benchmarks.Comparison;
using FastRbm.Benchmarks.Hopfield;
using FastRbm.Benchmarks.Look;
using FastRbm.Benchmarks.Networks;
using FastRbm.Benchmarks.Paths;
using FastRbm.Benchmarks.Suites;
using FastRbm.Benchmarks.Trajectory;

return Verbs.Run(
    args,
    [
        new Verb("--quick", "[--write] [--data NAME] [--model FILE]", "a two-minute look at the loops and kernels, interleaved", LookCommand.Run),
        new Verb("suites", "[--write] [--data NAME] [--levels L,L] [--job JOB] [BenchmarkDotNet arguments]", "BenchmarkDotNet suites, such as --filter *Gemm*", SuitesCommand.Run),
        new Verb("paths", "[--write]", "the ways to sum a half step, side by side", PathsCommand.Run),
        new Verb("trajectory", "[--data NAME] [--track HIDDEN]", "what exchanges with a ladder of models cost beside training, or log Z while training", TrajectoryCommand.Run),
        new Verb("networks", NetworksCommand.Usage, "updates of networks: JEM beside PyTorch in turns, classifiers beside the limit of the multipliers", NetworksCommand.Run),
        new Verb("hopfield", "[speed|exact|large|dense|capacity|critical] [N]", "recall by Hopfield networks beside NumPy, large and dense ones, and how much they hold", HopfieldCommand.Run),
        new Verb("compare", CompareOptions.Usage, "FastRbm beside PyTorch, NumPy, scikit-learn, TensorPrimitives and plain loops", ComparisonCommands.Compare),
        new Verb("readme", "[--check]", "writes the README's table from the results of compare", ComparisonCommands.Readme),
    ]);
