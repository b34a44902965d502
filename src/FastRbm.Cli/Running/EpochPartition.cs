using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Running;

/// <summary>log Z after each epoch, for the validation log-likelihood: by enumeration where that is quick, else by short annealing.</summary>
internal sealed class EpochPartition(TrainingPlan plan)
{
    // A number of units, not a time, so that every machine goes the same way.
    private const int MostUnitsToEnumerate = 20;
    private const int Runs = 100;
    private const int Temperatures = 1000;

    /// <summary>Estimates log Z.</summary>
    public double Estimate(Rbm rbm)
    {
        if (Math.Min(rbm.Visible.Count, rbm.Hidden.Count) <= MostUnitsToEnumerate)
        {
            return ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(rbm), plan.Options.Threads);
        }

        AnnealingOptions options = new()
        {
            Runs = Runs,
            Schedule = AnnealingSchedule.Classic(Temperatures),
            BaseBias = BaseRates.LogOdds(plan.Validation ?? plan.Data),
            BothWays = false,
            Seed = plan.Options.Seed,
            Threads = plan.Options.Threads,
        };
        return AnnealedImportanceSampling.Estimate(rbm, options).ForwardLogPartitionFunction;
    }
}
