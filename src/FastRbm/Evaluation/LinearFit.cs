using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Evaluation;

/// <summary>One fit of a linear classifier by L-BFGS: the objective, its gradient and the steps.</summary>
internal sealed class LinearFit
{
    /// <summary>Pairs of steps and changes of the gradient that the inverse curvature is made of.</summary>
    private const int Memory = 10;

    private readonly Matrix _features;
    private readonly byte[] _labels;
    private readonly int _classes;
    private readonly LinearClassifierOptions _options;
    private readonly GemmWorkspace _workspace = new();
    private readonly Matrix _weights;
    private readonly float[] _bias;
    private readonly Matrix _scores;
    private readonly Matrix _slopes;
    private readonly double[][] _steps = new double[Memory][];
    private readonly double[][] _changes = new double[Memory][];
    private readonly double[] _curvatures = new double[Memory];
    private int _pairs;

    public LinearFit(Matrix features, ReadOnlySpan<byte> labels, int classes, LinearClassifierOptions options)
    {
        _features = features;
        _labels = labels.ToArray();
        _classes = classes;
        _options = options;
        _weights = new Matrix(features.Columns, classes);
        _bias = new float[classes];
        _scores = new Matrix(features.Rows, classes);
        _slopes = new Matrix(features.Columns, classes);
        int parameters = (features.Columns + 1) * classes;
        for (int pair = 0; pair < Memory; pair++)
        {
            _steps[pair] = new double[parameters];
            _changes[pair] = new double[parameters];
        }
    }

    /// <summary>Steps until the gradient is small, a step is too small to matter, or steps run out.</summary>
    public LinearClassifier Run(CancellationToken cancellation)
    {
        int parameters = _steps[0].Length;
        double[] at = new double[parameters];
        double[] gradient = new double[parameters];
        double[] next = new double[parameters];
        double[] nextGradient = new double[parameters];
        double[] direction = new double[parameters];
        double loss = Objective(at, gradient);
        int step = 0;
        while (step < _options.Iterations && Largest(gradient) > _options.Tolerance)
        {
            cancellation.ThrowIfCancellationRequested();
            step++;
            Direction(gradient, direction);
            double slope = Dot(gradient, direction);
            double rate = _pairs == 0 ? 1 / Math.Max(1, Math.Sqrt(Dot(gradient, gradient))) : 1;
            double reached = loss;
            bool down = false;

            // Armijo's condition; the pair below is left out where the curvature isn't positive, so that the direction stays one of descent.
            for (int halving = 0; halving < 30 && !down; halving++, rate *= 0.5)
            {
                for (int p = 0; p < parameters; p++)
                {
                    next[p] = at[p] + (rate * direction[p]);
                }

                reached = Objective(next, nextGradient);
                down = reached <= loss + (1e-4 * rate * slope);
            }

            if (!down)
            {
                // Products are floats: below their rounding there is no way down.
                break;
            }

            Remember(at, next, gradient, nextGradient);
            (at, next) = (next, at);
            (gradient, nextGradient) = (nextGradient, gradient);
            loss = reached;
        }

        Spread(at);
        return new LinearClassifier(_weights, _bias, step, loss);
    }

    /// <summary>The mean cross-entropy and the decay's part, and their gradient.</summary>
    private double Objective(double[] at, double[] gradient)
    {
        Spread(at);
        SimdLevel level = SimdSelection.Current;
        FloatGemm.MultiplyBias<Epilogues.Identity>(level, GemmLayout.NN, _workspace, _features.AsSpan2D(), _weights.AsSpan2D(), _bias, _scores.AsSpan2D());
        double loss = 0;
        Span<double> scores = stackalloc double[_classes];
        Span<double> biases = gradient.AsSpan(gradient.Length - _classes);
        biases.Clear();
        double share = 1.0 / _features.Rows;
        for (int row = 0; row < _scores.Rows; row++)
        {
            Span<float> values = _scores.Row(row);
            for (int c = 0; c < scores.Length; c++)
            {
                scores[c] = values[c];
            }

            double log = DoubleMath.LogSumExp(scores);
            loss += share * (log - scores[_labels[row]]);
            for (int c = 0; c < scores.Length; c++)
            {
                double slope = share * (DoubleMath.Exp(scores[c] - log) - (c == _labels[row] ? 1 : 0));
                biases[c] += slope;
                values[c] = (float)slope;
            }
        }

        FloatGemm.Multiply(level, GemmLayout.TN, _workspace, _features.AsSpan2D(), _scores.AsSpan2D(), _slopes.AsSpan2D());
        double squares = 0;
        for (int feature = 0; feature < _slopes.Rows; feature++)
        {
            ReadOnlySpan<float> slopes = _slopes.Row(feature);
            int first = feature * _classes;
            for (int c = 0; c < slopes.Length; c++)
            {
                gradient[first + c] = slopes[c] + (_options.Decay * at[first + c]);
                squares += at[first + c] * at[first + c];
            }
        }

        return loss + (0.5 * _options.Decay * squares);
    }

    private void Spread(double[] at)
    {
        for (int feature = 0; feature < _weights.Rows; feature++)
        {
            Span<float> weights = _weights.Row(feature);
            for (int c = 0; c < weights.Length; c++)
            {
                weights[c] = (float)at[(feature * _classes) + c];
            }
        }

        for (int c = 0; c < _bias.Length; c++)
        {
            _bias[c] = (float)at[at.Length - _classes + c];
        }
    }

    /// <summary>direction = -H gradient, with the inverse curvature H of the pairs (the two loops of Nocedal).</summary>
    private void Direction(double[] gradient, double[] direction)
    {
        for (int p = 0; p < direction.Length; p++)
        {
            direction[p] = -gradient[p];
        }

        int known = Math.Min(_pairs, Memory);
        Span<double> shares = stackalloc double[Memory];
        for (int back = 1; back <= known; back++)
        {
            int pair = (_pairs - back) % Memory;
            shares[pair] = Dot(_steps[pair], direction) / _curvatures[pair];
            Add(-shares[pair], _changes[pair], direction);
        }

        if (known > 0)
        {
            int last = (_pairs - 1) % Memory;
            double scale = _curvatures[last] / Dot(_changes[last], _changes[last]);
            for (int p = 0; p < direction.Length; p++)
            {
                direction[p] *= scale;
            }
        }

        for (int back = known; back >= 1; back--)
        {
            int pair = (_pairs - back) % Memory;
            double share = Dot(_changes[pair], direction) / _curvatures[pair];
            Add(shares[pair] - share, _steps[pair], direction);
        }
    }

    private void Remember(double[] at, double[] next, double[] gradient, double[] nextGradient)
    {
        int pair = _pairs % Memory;
        for (int p = 0; p < at.Length; p++)
        {
            _steps[pair][p] = next[p] - at[p];
            _changes[pair][p] = nextGradient[p] - gradient[p];
        }

        double curvature = Dot(_steps[pair], _changes[pair]);
        if (curvature > 1e-12 * Dot(_changes[pair], _changes[pair]))
        {
            _curvatures[pair] = curvature;
            _pairs++;
        }
    }

    private static double Largest(double[] values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int p = 0; p < a.Length; p++)
        {
            sum += a[p] * b[p];
        }

        return sum;
    }

    private static void Add(double factor, double[] row, double[] sums)
    {
        for (int p = 0; p < sums.Length; p++)
        {
            sums[p] += factor * row[p];
        }
    }
}
