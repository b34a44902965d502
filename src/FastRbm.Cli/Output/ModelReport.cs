using System.Text.Json;
using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Output;

/// <summary>Figures of a model: norms, spectrum, histograms.</summary>
internal sealed class ModelReport
{
    // About ten seconds.
    private const double MostSpectrumOperations = 1.5e10;
    private const int ShownSingularValues = 10;

    private readonly RbmParameters _parameters;
    private readonly int _fixedPointBits;
    private readonly double _inputBound;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly double[]? _spectrum;
    private readonly double _frobenius;
    private readonly double _largestL1;

    /// <summary>Computes all figures.</summary>
    public ModelReport(RbmParameters parameters, Rbm rbm, IReadOnlyDictionary<string, string> metadata)
    {
        _parameters = parameters;
        _metadata = metadata;
        _fixedPointBits = rbm.FixedPointBits;
        _inputBound = rbm.InputBound;
        double small = Math.Min(parameters.Visible, parameters.Hidden);
        if (4.0 * parameters.Visible * parameters.Hidden * small <= MostSpectrumOperations)
        {
            _spectrum = SingularValues.Compute(parameters.Weights, parameters.Visible, parameters.Hidden);
        }

        double square = 0;
        foreach (double weight in parameters.Weights)
        {
            square += weight * weight;
        }

        _frobenius = Math.Sqrt(square);
        _largestL1 = LargestL1();
    }

    /// <summary>Whether the model was small enough for its spectrum.</summary>
    public bool HasSpectrum => _spectrum is not null;

    private (string Name, double[] Values)[] Groups =>
        [("weights", _parameters.Weights), ("visible_bias", _parameters.VisibleBias), ("hidden_bias", _parameters.HiddenBias)];

    /// <summary>Writes properties of a JSON object.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteNumber("visible", _parameters.Visible);
        json.WriteNumber("hidden", _parameters.Hidden);
        json.WriteNumber("fixed_point_bits", _fixedPointBits);
        json.WriteNumber("input_bound", _inputBound);
        json.WriteNumber("frobenius_norm", _frobenius);
        json.WriteNumber("largest_l1_norm", _largestL1);
        foreach ((string name, double[] values) in Groups)
        {
            Statistics statistics = Statistics.Of(values);
            Histogram histogram = Histogram.Of(values);
            json.WriteStartObject(name);
            json.WriteNumber("mean", statistics.Mean);
            json.WriteNumber("standard_deviation", statistics.Deviation);
            json.WriteNumber("smallest", statistics.Smallest);
            json.WriteNumber("largest", statistics.Largest);
            json.WriteNumber("histogram_first", histogram.First);
            json.WriteNumber("histogram_width", histogram.Width);
            json.WriteStartArray("histogram");
            foreach (int count in histogram.Counts)
            {
                json.WriteNumberValue(count);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (_spectrum is not null)
        {
            json.WriteStartArray("singular_values");
            foreach (double value in _spectrum)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("metadata");
        foreach ((string key, string value) in _metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes text.</summary>
    public void WriteText(TextWriter output)
    {
        output.WriteLine($"visible           {Numbers.Text(_parameters.Visible)}");
        output.WriteLine($"hidden            {Numbers.Text(_parameters.Hidden)}");
        output.WriteLine($"fixed_point_bits  {Numbers.Text(_fixedPointBits)}");
        output.WriteLine($"input_bound       {Numbers.Text(_inputBound, "F4")}");
        output.WriteLine($"frobenius_norm    {Numbers.Text(_frobenius, "F4")}");
        output.WriteLine($"largest_l1_norm   {Numbers.Text(_largestL1, "F4")}");
        if (_spectrum is not null)
        {
            string more = _spectrum.Length > ShownSingularValues ? $" ... {Numbers.Text(_spectrum[^1], "G5")}" : string.Empty;
            output.WriteLine($"singular_values   {string.Join(' ', _spectrum.Take(ShownSingularValues).Select(value => Numbers.Text(value, "G5")))}{more}");
        }

        foreach ((string name, double[] values) in Groups)
        {
            Statistics statistics = Statistics.Of(values);
            output.WriteLine();
            output.WriteLine(
                $"{name}: mean {Numbers.Text(statistics.Mean, "F4")}, standard deviation {Numbers.Text(statistics.Deviation, "F4")}, "
                + $"from {Numbers.Text(statistics.Smallest, "F4")} to {Numbers.Text(statistics.Largest, "F4")}");
            Histogram.Of(values).Write(output);
        }

        output.WriteLine();
        output.WriteLine("metadata:");
        foreach ((string key, string value) in _metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // A file may hold control characters to confuse a terminal.
            output.WriteLine($"  {Printable(key)}: {Printable(value)}");
        }
    }

    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));

    /// <summary>The largest sum of absolute weights of one unit, visible or hidden.</summary>
    private double LargestL1()
    {
        double largest = 0;
        double[] hidden = new double[_parameters.Hidden];
        for (int i = 0; i < _parameters.Visible; i++)
        {
            double visible = 0;
            for (int j = 0; j < hidden.Length; j++)
            {
                double weight = Math.Abs(_parameters.Weights[(i * hidden.Length) + j]);
                visible += weight;
                hidden[j] += weight;
            }

            largest = Math.Max(largest, visible);
        }

        return Math.Max(largest, hidden.Max());
    }
}
