using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Cli.Running;

/// <summary>How chains of a diagnosis compare with data: free energies, moments, nearest neighbours.</summary>
internal sealed class DiagnosisData
{
    private const int MostRows = 10_000;
    private const int MostFreeEnergies = 1000;

    // All pairs of so many units; of wider rows those of as many units from all over them.
    private const int MostUnits = 1500;

    private readonly FigureTable _table;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;

    private DiagnosisData(FigureTable table, int threads, CancellationToken cancellation)
    {
        _table = table;
        _threads = threads;
        _cancellation = cancellation;
    }

    /// <summary>Computes the figures.</summary>
    public static void Fill(FigureTable table, Rbm rbm, Dataset data, MixingReport report, CancellationToken cancellation)
    {
        DiagnosisData figures = new(table, report.Options.Threads, cancellation);
        RowSample order = new(data, report.Options.Seed);

        // Other rows than those that chains started from, as long as there are enough.
        BitMatrix rows = order.Take(report.DataChains, Math.Min(data.Rows, MostRows));
        RbmParameters parameters = RbmParameters.From(rbm);
        table.Add("data_rows", data.Rows);
        table.Add("data_mean_free_energy", ExactLikelihood.MeanFreeEnergy(parameters, Rows(data.Name, rows, MostFreeEnergies)));
        foreach (bool fromData in (ReadOnlySpan<bool>)[false, true])
        {
            figures.Add(fromData ? "from_data" : "from_random", report, fromData, rows);
        }
    }

    private void Add(string prefix, MixingReport report, bool fromData, BitMatrix rows)
    {
        _table.Add(prefix + "_mean_free_energy", MeanFreeEnergy(report, fromData));
        MomentErrors moments = MomentComparison.Compute(report.Samples(fromData), rows, Units(rows.Columns), _threads, _cancellation);
        _table.Add(prefix + "_samples", moments.Samples);
        _table.Add(prefix + "_mean_error", moments.MeanError);
        _table.Add(prefix + "_mean_error_by_chance", moments.MeanNoise);
        _table.Add(prefix + "_mean_correlation", moments.MeanCorrelation);
        _table.Add(prefix + "_pair_error", moments.PairError);
        _table.Add(prefix + "_pair_error_by_chance", moments.PairNoise);
        _table.Add(prefix + "_covariance_error", moments.CovarianceError);
        _table.Add(prefix + "_covariance_correlation", moments.CovarianceCorrelation);
        int count = Math.Min(fromData ? report.DataChains : report.RandomChains, rows.Rows);
        if (count < 2)
        {
            return;
        }

        BitMatrix some = new(count, rows.Columns);
        for (int row = 0; row < count; row++)
        {
            rows.Row(row).CopyTo(some.Row(row));
        }

        AdversarialAccuracyReport accuracy = AdversarialAccuracy.Compute(report.LastStates(fromData, count), some, _threads, _cancellation);
        _table.Add(prefix + "_adversarial_rows", accuracy.Rows);
        _table.Add(prefix + "_adversarial_truth", accuracy.Truth);
        _table.Add(prefix + "_adversarial_synthetic", accuracy.Synthetic);
        _table.Add(prefix + "_adversarial_accuracy", accuracy.Accuracy);
    }

    private static double MeanFreeEnergy(MixingReport report, bool fromData)
    {
        MixingTrace trace = report.Traces[0];
        int first = fromData ? report.RandomChains : 0;
        int end = fromData ? report.Options.Chains : report.RandomChains;
        double sum = 0;
        for (int chain = first; chain < end; chain++)
        {
            foreach (double value in trace.Values.GetRowSpan(chain)[report.Options.WarmUp..])
            {
                sum += value;
            }
        }

        return sum / ((double)(end - first) * (report.Options.Sweeps - report.Options.WarmUp));
    }

    private static int[] Units(int columns)
    {
        int count = Math.Min(columns, MostUnits);
        int[] units = new int[count];
        for (int i = 0; i < count; i++)
        {
            units[i] = (int)((long)i * columns / count);
        }

        return units;
    }

    private static BitDataset Rows(string name, BitMatrix rows, int most)
    {
        int count = Math.Min(most, rows.Rows);
        byte[] values = new byte[count * rows.Columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rows[i / rows.Columns, i % rows.Columns] ? (byte)1 : (byte)0;
        }

        return BitDataset.FromBytes(name, count, rows.Columns, values);
    }
}
