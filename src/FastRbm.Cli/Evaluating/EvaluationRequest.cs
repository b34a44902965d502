using FastRbm.Data;
using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>What is to be evaluated, and how.</summary>
/// <param name="Parameters">The model.</param>
/// <param name="ModelPath">Its file.</param>
/// <param name="Rows">The rows, binary and of the model's width.</param>
/// <param name="BaseRows">Opens the rows that base rates are taken from; called by methods that have any.</param>
/// <param name="Chains">Chains; null for the method's own number.</param>
/// <param name="Temperatures">Inverse temperatures; null for the method's own number.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Progress">Told what is being done, and the share of it.</param>
/// <param name="Cancellation">Stops the evaluation.</param>
internal sealed record EvaluationRequest(
    RbmParameters Parameters,
    string ModelPath,
    Dataset Rows,
    Func<Dataset> BaseRows,
    int? Chains,
    int? Temperatures,
    ulong Seed,
    int Threads,
    Func<string, IProgress<double>> Progress,
    CancellationToken Cancellation);
