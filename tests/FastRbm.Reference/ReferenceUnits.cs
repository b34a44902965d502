namespace FastRbm.Reference;

/// <summary>
/// One unit of any kind (or one group of units that share a constraint), as a weighted list of states: those of a discrete kind all
/// with weight 1, those of a continuous kind the points of a fine quadrature with their spacing as weight.
/// </summary>
/// <remarks>
/// The density given the inputs is exp(I.x - U(x)) over the list, normalised; every mean is one sum. The trapezoidal rule on an analytic
/// density that falls off at both ends has an error below 1e-13 of the largest term at these spacings.
/// </remarks>
public sealed class ReferenceUnits
{
    private readonly double[][] _states;
    private readonly double[] _logWeights;

    private ReferenceUnits(IEnumerable<(double[] State, double LogWeight)> points)
    {
        (double[] State, double LogWeight)[] list = [.. points];
        _states = Array.ConvertAll(list, static point => point.State);
        _logWeights = Array.ConvertAll(list, static point => point.LogWeight);
    }

    /// <summary>The states.</summary>
    public IReadOnlyList<double[]> States => _states;

    /// <summary>Units with states 0 and 1.</summary>
    public static ReferenceUnits Binary() => new([([0], 0), ([1], 0)]);

    /// <summary>Units with states -1 and 1.</summary>
    public static ReferenceUnits Spin() => new([([-1], 0), ([1], 0)]);

    /// <summary>A group of one-hot columns.</summary>
    /// <param name="categories">The number of columns.</param>
    public static ReferenceUnits Potts(int categories) =>
        new(Enumerable.Range(0, categories).Select(k => (Enumerable.Range(0, categories).Select(j => j == k ? 1.0 : 0.0).ToArray(), 0.0)));

    /// <summary>A count of successes.</summary>
    /// <param name="trials">n.</param>
    public static ReferenceUnits Binomial(int trials) =>
        new(Enumerable.Range(0, trials + 1).Select(x => (new double[] { x }, LogFactorial(trials) - LogFactorial(x) - LogFactorial(trials - x))));

    /// <summary>Word counts with a given total.</summary>
    /// <param name="words">The size of the vocabulary.</param>
    /// <param name="total">The number of words in the document.</param>
    public static ReferenceUnits Multinomial(int words, int total) =>
        new(Compositions(words, total).Select(x => (x, LogFactorial(total) - x.Sum(static count => LogFactorial((int)count)))));

    /// <summary>U = 1/2 exp(l) x^2 on all numbers.</summary>
    /// <param name="logPrecision">l.</param>
    /// <param name="input">Where the points must be: the input that will be asked for.</param>
    public static ReferenceUnits Gaussian(double logPrecision, double input) =>
        new(Line(logPrecision, input).Select(point => (new[] { point.X }, point.LogSpacing - Parabola(logPrecision, point.X))));

    /// <summary>U = 1/2 exp(l) x^2 on the numbers from 0.</summary>
    /// <param name="logPrecision">l.</param>
    /// <param name="input">The input that will be asked for.</param>
    public static ReferenceUnits Relu(double logPrecision, double input) =>
        new(HalfLine(logPrecision, input).Select(point => (new[] { point.X }, point.LogSpacing - Parabola(logPrecision, point.X))));

    /// <summary>U = 1/2 exp(l +- e) x^2 - d |x| on either side of 0.</summary>
    /// <param name="threshold">d.</param>
    /// <param name="logPrecision">l.</param>
    /// <param name="asymmetry">e.</param>
    /// <param name="input">The input that will be asked for.</param>
    public static ReferenceUnits DoubleRelu(double threshold, double logPrecision, double asymmetry, double input) =>
        new([
            .. HalfLine(logPrecision + asymmetry, input + threshold).Select(point =>
                (new[] { point.X }, point.LogSpacing - Parabola(logPrecision + asymmetry, point.X) + (threshold * point.X))),
            .. HalfLine(logPrecision - asymmetry, threshold - input).Select(point =>
                (new[] { -point.X }, point.LogSpacing - Parabola(logPrecision - asymmetry, point.X) + (threshold * point.X)))]);

    /// <summary>An atom of weight sqrt(2 pi exp(-l)) at 0 and the density exp(b - 1/2 exp(l) x^2) elsewhere.</summary>
    /// <param name="spike">b.</param>
    /// <param name="logPrecision">l.</param>
    /// <param name="input">The input that will be asked for.</param>
    public static ReferenceUnits SpikeAndSlab(double spike, double logPrecision, double input) =>
        new([
            ([0.0], 0.5 * (Math.Log(2 * Math.PI) - logPrecision)),
            .. Line(logPrecision, input).Where(static point => point.X != 0).Select(point =>
                (new[] { point.X }, point.LogSpacing + spike - Parabola(logPrecision, point.X)))]);

    /// <summary>log sum over states of weight(x) exp(I.x).</summary>
    /// <param name="inputs">One input a unit.</param>
    public double CumulantGenerating(params double[] inputs) => ReferenceMath.LogSumExp(LogTerms(inputs));

    /// <summary>The mean of a function of the states.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">One input a unit.</param>
    public double Mean(Func<double[], double> function, params double[] inputs)
    {
        double[] terms = LogTerms(inputs);
        double total = ReferenceMath.LogSumExp(terms);
        double mean = 0;
        for (int i = 0; i < terms.Length; i++)
        {
            // Far out the function may overflow where the weight is 0.
            double weight = Math.Exp(terms[i] - total);
            mean += weight > 0 ? weight * function(_states[i]) : 0;
        }

        return mean;
    }

    /// <summary>The variance of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="inputs">One input a unit.</param>
    public double Variance(int unit, params double[] inputs)
    {
        double mean = Mean(state => state[unit], inputs);
        return Mean(state => (state[unit] - mean) * (state[unit] - mean), inputs);
    }

    /// <summary>The probability of each state of a discrete kind.</summary>
    /// <param name="inputs">One input a unit.</param>
    public double[] Probabilities(params double[] inputs)
    {
        double[] terms = LogTerms(inputs);
        double total = ReferenceMath.LogSumExp(terms);
        return Array.ConvertAll(terms, term => Math.Exp(term - total));
    }

    /// <summary>log n!, one factor at a time.</summary>
    /// <param name="n">0 or more.</param>
    public static double LogFactorial(int n) => Enumerable.Range(1, n).Sum(static factor => Math.Log(factor));

    private static double Parabola(double logPrecision, double x) => 0.5 * Math.Exp(logPrecision) * x * x;

    // A step of a twentieth of the standard deviation, to 13 of them on either side of the mean; no point is 0, where an atom may be.
    private static IEnumerable<(double X, double LogSpacing)> Line(double logPrecision, double input)
    {
        double deviation = Math.Exp(-logPrecision / 2);
        double mean = input * deviation * deviation;
        for (int i = -260; i < 260; i++)
        {
            yield return (mean + (deviation * (i + 0.4375) / 20), Math.Log(deviation / 20));
        }
    }

    // x = c exp(pi / 2 sinh t), with c where the density is.
    private static IEnumerable<(double X, double LogSpacing)> HalfLine(double logPrecision, double input)
    {
        const double Step = 1.0 / 512;
        double deviation = Math.Exp(-logPrecision / 2);
        double z = input * deviation;
        double scale = deviation * (z > 1 ? z : 1 / Math.Max(-z, 1));
        for (double t = -4; t <= 4; t += Step)
        {
            double x = scale * Math.Exp(Math.PI / 2 * Math.Sinh(t));
            yield return (x, Math.Log(x * Math.PI / 2 * Math.Cosh(t) * Step));
        }
    }

    private static IEnumerable<double[]> Compositions(int words, int total) =>
        words == 1
            ? [[total]]
            : Enumerable.Range(0, total + 1).SelectMany(first => Compositions(words - 1, total - first).Select(rest => (double[])[first, .. rest]));

    private double[] LogTerms(double[] inputs)
    {
        double[] terms = new double[_states.Length];
        for (int i = 0; i < terms.Length; i++)
        {
            terms[i] = _logWeights[i];
            for (int unit = 0; unit < inputs.Length; unit++)
            {
                terms[i] += inputs[unit] * _states[i][unit];
            }
        }

        return terms;
    }
}
