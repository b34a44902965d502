using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>--method ais: annealed importance sampling both ways.</summary>
internal static class AnnealingEvaluation
{
    /// <summary>Chains each way when none are given.</summary>
    public const int Chains = 100;

    /// <summary>Temperatures when none are given: those of Salakhutdinov and Murray.</summary>
    public const int Temperatures = 14_501;

    /// <summary>Evaluates.</summary>
    public static EvaluationFigures Run(EvaluationRequest request)
    {
        double free = ExactLikelihood.MeanFreeEnergy(request.Parameters, request.Rows);
        AnnealingEstimate estimate = AnnealedImportanceSampling.Estimate(
            new Rbm(request.Parameters), Options(request, Chains, Temperatures), request.Progress("annealing both ways"), request.Cancellation);
        return new EvaluationFigures
        {
            Rows = request.Rows.Rows,
            MeanFreeEnergy = free,
            LogPartitionFunction = estimate.LogPartitionFunction,
            LogPartitionFunctionLower = estimate.Lower,
            LogPartitionFunctionUpper = estimate.Upper,
            LogLikelihood = -free - estimate.LogPartitionFunction,
            LogLikelihoodLower = -free - estimate.Upper,
            LogLikelihoodUpper = -free - estimate.Lower,
            EffectiveSampleSize = estimate.EffectiveSampleSize,
            Verdict = estimate.Verdict.Text,
            Method = "ais",
        };
    }

    /// <summary>The library's options.</summary>
    public static AnnealingOptions Options(EvaluationRequest request, int chains, int temperatures) => new()
    {
        Runs = request.Chains ?? chains,
        Schedule = AnnealingSchedule.Classic(request.Temperatures ?? temperatures),
        Data = request.BaseRows(),
        Seed = request.Seed,
        Threads = request.Threads,
    };
}
