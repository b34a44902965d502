using FastRbm.Evaluation;

namespace FastRbm.Cli.Output;

/// <summary>The figures of a mixing report as rows.</summary>
internal static class DiagnosisReport
{
    /// <summary>The word for a verdict.</summary>
    public static string WordOf(MixingVerdict verdict) => verdict switch
    {
        MixingVerdict.Mixes => "mixes",
        MixingVerdict.MixesSlowly => "mixes_slowly",
        MixingVerdict.DoesNotMix => "does_not_mix",
        _ => "cannot_tell",
    };

    /// <summary>Makes the rows.</summary>
    public static void Fill(FigureTable table, MixingReport report)
    {
        table.Add("verdict", WordOf(report.Verdict));
        table.Add("explanation", report.Explanation);
        table.Add("random_chains", report.RandomChains);
        table.Add("data_chains", report.DataChains);
        table.Add("sweeps", report.Options.Sweeps);
        table.Add("judged_sweeps", report.Options.Sweeps - report.Options.WarmUp);
        table.Add("rhat", report.LargestRHat);
        table.Add("start_rhat", report.LargestStartRHat);
        table.Add("effective_sample_size", report.EffectiveSampleSize);
        table.Add("autocorrelation_time", report.AutocorrelationTime);
        table.Add("random_start_memory", report.RandomMemory.Share);
        table.Add("data_start_memory", report.DataMemory?.Share);
        foreach (MixingTrace trace in report.Traces)
        {
            SeriesSummary summary = trace.Summary;
            table.Add(trace.Name + "_mean", summary.Mean);
            table.Add(trace.Name + "_standard_deviation", summary.StandardDeviation);
            table.Add(trace.Name + "_standard_error", summary.StandardError);
            table.Add(trace.Name + "_autocorrelation_time", summary.AutocorrelationTime);
            table.Add(trace.Name + "_effective_sample_size", summary.BulkEffectiveSampleSize);
            table.Add(trace.Name + "_rhat", summary.RankRHat);
            table.Add(trace.Name + "_start_rhat", trace.Starts?.NestedRHat);
        }
    }
}
