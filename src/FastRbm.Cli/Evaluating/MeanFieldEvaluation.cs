using System.Globalization;
using FastRbm.Evaluation;

namespace FastRbm.Cli.Evaluating;

/// <summary>--method tap: an approximation without random numbers, between proven bounds.</summary>
internal static class MeanFieldEvaluation
{
    /// <summary>More iterations tighten the upper bound of a model like MNIST's by a thousandth, for ten times the time.</summary>
    private const int UpperBoundIterations = 10;

    /// <summary>Evaluates.</summary>
    public static EvaluationFigures Run(EvaluationRequest request)
    {
        double free = ExactLikelihood.MeanFreeEnergy(request.Parameters, request.Rows);
        MeanFieldOptions options = new() { Seed = request.Seed };
        PartitionFunctionEstimate tap = MeanField.Tap(request.Parameters, 3, options, request.Threads, request.Cancellation);
        double lower = MeanField.LowerBound(request.Parameters, options, request.Threads, request.Cancellation).LogPartitionFunction;
        bool trees = (long)request.Parameters.Visible * request.Parameters.Hidden <= TreeReweighted.MaxWeights;
        double upper = trees
            ? TreeReweighted.UpperBound(
                request.Parameters, new TreeReweightedOptions { MaxIterations = UpperBoundIterations }, request.Threads,
                request.Progress("bounding by trees"), request.Cancellation).LogPartitionFunction
            : MeanField.FactorisedUpperBound(request.Parameters).LogPartitionFunction;
        string bracket = string.Create(CultureInfo.InvariantCulture, $"{upper - lower:0.#}");
        string verdict = !tap.Converged ? "did not converge"
            : tap.LogPartitionFunction < lower || tap.LogPartitionFunction > upper ? "lies outside of its proven bounds"
            : "bounds nothing";
        return new EvaluationFigures
        {
            Rows = request.Rows.Rows,
            MeanFreeEnergy = free,
            LogPartitionFunction = tap.LogPartitionFunction,
            LogPartitionFunctionLower = lower,
            LogPartitionFunctionUpper = upper,
            LogLikelihood = -free - tap.LogPartitionFunction,
            LogLikelihoodLower = -free - upper,
            LogLikelihoodUpper = -free - lower,
            Verdict = $"do not trust: the third-order TAP approximation {verdict}; mean field below and {(trees ? "trees" : "factors")} above are bounds, {bracket} nats apart",
            Method = "tap",
        };
    }
}
