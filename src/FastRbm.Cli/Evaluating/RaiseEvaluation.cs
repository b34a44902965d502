using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>--method raise: reverse annealing from every row, which errs on the cautious side.</summary>
internal static class RaiseEvaluation
{
    /// <summary>Chains of a row when none are given.</summary>
    public const int Chains = 1;

    /// <summary>Temperatures when none are given.</summary>
    public const int Temperatures = 1_001;

    /// <summary>Evaluates. No spread is printed: that of the estimates is the rows' own.</summary>
    public static EvaluationFigures Run(EvaluationRequest request)
    {
        double free = ExactLikelihood.MeanFreeEnergy(request.Parameters, request.Rows);
        RaiseEstimate estimate = ReverseAnnealing.Estimate(
            new Rbm(request.Parameters), request.Rows, AnnealingEvaluation.Options(request, Chains, Temperatures),
            request.Progress("annealing every row"), request.Cancellation);
        return new EvaluationFigures
        {
            Rows = request.Rows.Rows,
            MeanFreeEnergy = free,
            LogLikelihood = estimate.Mean,
            LogLikelihoodLower = estimate.Mean,
            Verdict = "a lower bound on average: more temperatures and chains bring it nearer",
            Method = "raise",
        };
    }
}
