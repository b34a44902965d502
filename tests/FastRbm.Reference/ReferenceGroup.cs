namespace FastRbm.Reference;

/// <summary>
/// A few units of any kind as a list of joint states with logarithms of weights, exp(t.x - U(x)) times the spacing of a grid where states
/// are real: all that a small RBM needs to be summed by brute force.
/// </summary>
/// <remarks>Grids reach from -12 to 12 in steps of 1 / 64, which floats hold exactly: good to 1e-9 for precisions about 1.</remarks>
public sealed class ReferenceGroup
{
    private const double Step = 1.0 / 64;
    private const double End = 12;

    // Gregory's weights at the ends of a grid: the error falls with the sixth power of the step.
    private static readonly double[] _ends = [95.0 / 288, 317.0 / 240, 23.0 / 30, 793.0 / 720, 157.0 / 160];

    private ReferenceGroup(double[][] states, double[] logWeights, double total = 0)
    {
        States = states;
        LogWeights = logWeights;
        Total = total;
    }

    /// <summary>The joint states.</summary>
    public double[][] States { get; }

    /// <summary>t.x - U(x), and the logarithm of the spacing.</summary>
    public double[] LogWeights { get; }

    /// <summary>The number of words where states are word counts; else 0.</summary>
    public double Total { get; }

    /// <summary>A group of a kind.</summary>
    /// <param name="name">As files write it: "gaussian", "potts:3".</param>
    /// <param name="parameters">Rows of parameters, biases first, a value a unit.</param>
    /// <param name="total">The number of words of word counts.</param>
    public static ReferenceGroup Of(string name, double[][] parameters, int total = 0)
    {
        string kind = name.Split(':')[0];
        double[] bias = parameters[0];
        return kind switch
        {
            "binary" => Each(bias, (t, unit) => [(0, 0), (1, t)]),
            "spin" => Each(bias, (t, unit) => [(-1, -t), (1, t)]),
            "binomial" => Each(bias, (t, unit) => Binomial(int.Parse(name.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), t)),
            "potts" => new([.. bias.Select((_, k) => OneHot(bias.Length, k))], bias),
            "replicated-softmax" => Words(bias, total),
            "gaussian" => Each(bias, (t, unit) => Line(-End, End, x => (t * x) - (0.5 * Math.Exp(parameters[1][unit]) * x * x))),
            "relu" => Each(bias, (t, unit) => Line(0, End, x => (t * x) - (0.5 * Math.Exp(parameters[1][unit]) * x * x))),
            "double-relu" => Each(bias, (t, unit) => [
                .. Line(-End, 0, x => ((t - parameters[1][unit]) * x) - (0.5 * Math.Exp(parameters[2][unit] - parameters[3][unit]) * x * x)),
                .. Line(0, End, x => ((t + parameters[1][unit]) * x) - (0.5 * Math.Exp(parameters[2][unit] + parameters[3][unit]) * x * x))]),
            "spike-and-slab" => Each(bias, (t, unit) => [
                (0, 0.5 * (Math.Log(2 * Math.PI) - parameters[2][unit])),
                .. Line(-End, End, x => parameters[1][unit] + (t * x) - (0.5 * Math.Exp(parameters[2][unit]) * x * x))
                    .Select(static point => (point.State == 0 ? 1e-9 : point.State, point.LogWeight))]),
            _ => throw new ArgumentException($"Expected a kind of units, found {name}.", nameof(name)),
        };
    }

    private static ReferenceGroup Each(double[] bias, Func<double, int, (double State, double LogWeight)[]> unitStates)
    {
        List<(double[] States, double LogWeight)> joint = [([], 0)];
        for (int unit = 0; unit < bias.Length; unit++)
        {
            (double State, double LogWeight)[] own = unitStates(bias[unit], unit);
            joint = [.. joint.SelectMany(before => own.Select(point => ((double[])[.. before.States, point.State], before.LogWeight + point.LogWeight)))];
        }

        return new ReferenceGroup([.. joint.Select(static point => point.States)], [.. joint.Select(static point => point.LogWeight)]);
    }

    private static (double State, double LogWeight)[] Line(double from, double to, Func<double, double> logDensity)
    {
        int steps = (int)Math.Round((to - from) / Step);
        return [.. Enumerable.Range(0, steps + 1).Select(i =>
        {
            double x = from + (i * Step);
            int fromEnd = Math.Min(i, steps - i);
            return (x, logDensity(x) + Math.Log(fromEnd < _ends.Length ? _ends[fromEnd] * Step : Step));
        })];
    }

    private static (double State, double LogWeight)[] Binomial(int trials, double field) =>
        [.. Enumerable.Range(0, trials + 1).Select(x => ((double)x, (field * x) + LogFactorial(trials) - LogFactorial(x) - LogFactorial(trials - x)))];

    private static double[] OneHot(int count, int on) => [.. Enumerable.Range(0, count).Select(k => k == on ? 1.0 : 0)];

    private static ReferenceGroup Words(double[] bias, int total)
    {
        double[][] states = [.. Counts(bias.Length, total)];
        double[] weights = [.. states.Select(x =>
            LogFactorial(total) + Enumerable.Range(0, x.Length).Sum(k => (bias[k] * x[k]) - LogFactorial((int)x[k])))];
        return new ReferenceGroup(states, weights, total);
    }

    private static IEnumerable<double[]> Counts(int words, int total) =>
        words == 1
            ? [[total]]
            : Enumerable.Range(0, total + 1).SelectMany(first => Counts(words - 1, total - first).Select(rest => (double[])[first, .. rest]));

    private static double LogFactorial(int n) => Enumerable.Range(1, n).Sum(static k => Math.Log(k));
}
