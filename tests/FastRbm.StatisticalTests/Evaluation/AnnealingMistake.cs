namespace FastRbm.StatisticalTests.Evaluation;

/// <summary>The mistakes that mutant annealers make, one each.</summary>
public enum AnnealingMistake
{
    None = 0,
    WeighedAtTheStepBefore,
    SampledAtTheBetaBefore,
    WeighedAfterSampling,
    BaseBiasNotWeighed,
    BaseBiasNotSampled,
    BaseLogPartitionFunctionForgotten,
    HiddenUnitsOfBaseForgotten,
    LastStepForgotten,
    StartedAtRandom,
}
