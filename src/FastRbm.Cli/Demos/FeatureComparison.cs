using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Cli.Demos;

/// <summary>The same linear classifier on the features of several models, for several draws of a few labelled rows: errors on test rows.</summary>
internal sealed class FeatureComparison
{
    private static readonly double[] _decays = [1e-1, 3e-2, 1e-2, 3e-3, 1e-3];

    private readonly DemoRun _run;
    private readonly int _labels;
    private readonly int _classes;
    private readonly BitMatrix _test;
    private readonly byte[] _testLabels;
    private readonly BitMatrix[] _rows;
    private readonly byte[][] _rowLabels;
    private readonly List<(string Name, int Filters, double[] Errors)> _results = [];

    /// <summary>Draws the labelled rows.</summary>
    /// <param name="training">Rows with labels.</param>
    /// <param name="test">Rows with labels to count errors on.</param>
    /// <param name="labels">Labelled rows of each class.</param>
    /// <param name="draws">How often they are drawn.</param>
    /// <param name="run">The demo.</param>
    public FeatureComparison(Dataset training, Dataset test, int labels, int draws, DemoRun run)
    {
        _run = run;
        _labels = labels;
        _classes = ClassLabels.Count(training);
        (_test, _testLabels) = Take(test, [.. Enumerable.Range(0, test.Rows)]);
        _rows = new BitMatrix[draws];
        _rowLabels = new byte[draws][];
        for (int draw = 0; draw < draws; draw++)
        {
            (_rows[draw], _rowLabels[draw]) = Take(training, Draw(training, labels, draw, run.Seed));
        }
    }

    /// <summary>Fits and tests on the features of a model.</summary>
    public void Add(string name, int filters, Func<BitMatrix, Matrix> features)
    {
        Matrix test = features(_test);
        double[] errors = new double[_rows.Length];
        for (int draw = 0; draw < errors.Length; draw++)
        {
            _run.Progress(0.7, $"fitting classifiers: {name}");
            (LinearClassifier classifier, _) = LinearClassifier.FitValidated(
                features(_rows[draw]), _rowLabels[draw], _classes, _decays, new LinearClassifierOptions(), _run.Cancellation);
            errors[draw] = classifier.Error(test, _testLabels);
        }

        _results.Add((name, filters, errors));
    }

    /// <summary>Writes the table and what it says: the first model against the second.</summary>
    public void Write()
    {
        _run.Page.Section("A linear classifier on the features");
        _run.Page.Paragraph(
            $"{_labels} labelled rows of each of {_classes} classes, drawn {DemoText.Count(_rows.Length)} times; multinomial logistic regression on p(h = 1 | x), its L2 coefficient picked on a fifth of the labelled rows "
            + $"held back, from {string.Join(", ", _decays.Select(static decay => Numbers.Text(decay)))}. All models see the same rows.");
        _run.Page.Table(
            ["model", "filters", "test error", "deviation over draws"],
            [.. _results.Select(static result => (IReadOnlyList<string>)[result.Name, DemoText.Count(result.Filters), DemoText.Percent(result.Errors.Average(), 2), DemoText.Percent(Deviation(result.Errors), 2)])],
            $"Errors on {DemoText.Count(_testLabels.Length)} test rows.");
        double[] first = _results[0].Errors;
        double[] second = _results[1].Errors;
        int lower = first.Zip(second).Count(static pair => pair.First < pair.Second);
        double gain = 1 - (first.Average() / second.Average());
        string size = gain > 0.005 ? $"{DemoText.Percent(gain, 0)} lower than" : gain < -0.005 ? $"{DemoText.Percent(-gain, 0)} higher than" : "about as large as";
        _run.Page.Paragraph(
            $"The error on the gates is {size} that on the hidden units of an RBM with as many, and lower in {DemoText.Count(lower)} of {DemoText.Count(first.Length)} draws. The gates have more filters behind them: an RBM with "
            + $"as many units as gates and subspace units together has {DemoText.Percent(_results[2].Errors.Average(), 2)}, with {DemoText.Fixed((double)_results[2].Filters / _results[1].Filters, 0)} times as many features for the classifier.");
        foreach ((string key, int index) in (ReadOnlySpan<(string, int)>)[("subspace_error", 0), ("rbm_error", 1), ("large_rbm_error", 2)])
        {
            _run.Results.Add(key, _results[index].Errors.Average());
        }

        _run.Results.Add("lower_in_draws", lower);
        _run.Results.Add("draws", first.Length);
    }

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    /// <summary>Rows in a random order, the first of each class; fewer where a class has fewer.</summary>
    private static int[] Draw(Dataset data, int labels, int draw, ulong seed)
    {
        RandomStream stream = new(seed, StreamPurpose.DiagnosticRows, draw, 0);
        int[] order = [.. Enumerable.Range(0, data.Rows)];
        for (int row = 0; row < order.Length; row++)
        {
            int other = stream.Below(row, row + 1);
            (order[row], order[other]) = (order[other], order[row]);
        }

        int[] counts = new int[ClassLabels.Unlabelled + 1];
        ReadOnlyMemory<byte> classes = data.Labels;
        return [.. order.Where(row => classes.Span[row] != ClassLabels.Unlabelled && counts[classes.Span[row]]++ < labels)];
    }

    private static (BitMatrix Rows, byte[] Labels) Take(Dataset data, int[] rows)
    {
        BitMatrix bits = new(rows.Length, data.Columns);
        byte[] labels = new byte[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            data.CopyBits(rows[row], bits.Row(row));
            labels[row] = data.Labels.Span[rows[row]];
        }

        return (bits, labels);
    }
}
