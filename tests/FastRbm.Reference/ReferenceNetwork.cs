namespace FastRbm.Reference;

/// <summary>A network of dense layers in doubles, one row at a time, and the energies that its outputs define.</summary>
public sealed class ReferenceNetwork
{
    private readonly (double[,] Weights, double[] Bias, string Activation)[] _layers;

    /// <summary>Takes layers: W [inputs, outputs], b, and the name of f.</summary>
    public ReferenceNetwork(IEnumerable<(double[,] Weights, double[] Bias, string Activation)> layers) => _layers = [.. layers];

    /// <summary>The layers.</summary>
    public IReadOnlyList<(double[,] Weights, double[] Bias, string Activation)> Layers => _layers;

    /// <summary>f(x).</summary>
    public static double Value(string activation, double x) => activation switch
    {
        "Linear" => x,
        "Sigmoid" => ReferenceMath.Sigmoid(x),
        "Tanh" => Math.Tanh(x),
        "Softplus" => ReferenceMath.Softplus(x),
        "Swish" => x * ReferenceMath.Sigmoid(x),
        "Relu" => Math.Max(x, 0),
        _ => throw new ArgumentException(activation),
    };

    /// <summary>f'(x).</summary>
    public static double Slope(string activation, double x)
    {
        double s = ReferenceMath.Sigmoid(x);
        return activation switch
        {
            "Linear" => 1,
            "Sigmoid" => s * (1 - s),
            "Tanh" => 1 - (Math.Tanh(x) * Math.Tanh(x)),
            "Softplus" => s,
            "Swish" => s + (x * s * (1 - s)),
            "Relu" => x > 0 ? 1 : 0,
            _ => throw new ArgumentException(activation),
        };
    }

    /// <summary>The outputs.</summary>
    public double[] Outputs(double[] x) => Passes(x)[^1].Values;

    /// <summary>The gradient of sum_y c_y h_L[y] by x.</summary>
    public double[] InputGradient(double[] x, double[] c) => Deltas(Passes(x), c)[0];

    /// <summary>The gradient of sum_y c_y h_L[y] by all weights and biases.</summary>
    public (double[,] Weights, double[] Bias)[] ParameterGradient(double[] x, double[] c)
    {
        (double[] Inputs, double[] Values)[] passes = Passes(x);
        double[][] deltas = Deltas(passes, c);
        return [.. _layers.Select((layer, l) =>
        {
            double[] below = l == 0 ? x : passes[l - 1].Values;
            double[,] gradient = new double[below.Length, layer.Bias.Length];
            for (int i = 0; i < below.Length; i++)
            {
                for (int j = 0; j < layer.Bias.Length; j++)
                {
                    gradient[i, j] = below[i] * deltas[l + 1][j];
                }
            }

            return (gradient, deltas[l + 1]);
        })];
    }

    /// <summary>E(x) = -log sum_y exp(h_L[y]).</summary>
    public double Energy(double[] x) => -ReferenceMath.LogSumExp(Outputs(x));

    /// <summary>The gradient of E by x.</summary>
    public double[] EnergyGradient(double[] x) => InputGradient(x, [.. Probabilities(x).Select(static p => -p)]);

    /// <summary>p(y | x), the softmax.</summary>
    public double[] Probabilities(double[] x)
    {
        double[] outputs = Outputs(x);
        double total = ReferenceMath.LogSumExp(outputs);
        return [.. outputs.Select(output => Math.Exp(output - total))];
    }

    private (double[] Inputs, double[] Values)[] Passes(double[] x)
    {
        List<(double[], double[])> passes = [];
        foreach ((double[,] weights, double[] bias, string activation) in _layers)
        {
            double[] inputs = new double[bias.Length];
            for (int j = 0; j < bias.Length; j++)
            {
                inputs[j] = bias[j];
                for (int i = 0; i < x.Length; i++)
                {
                    inputs[j] += x[i] * weights[i, j];
                }
            }

            x = [.. inputs.Select(input => Value(activation, input))];
            passes.Add((inputs, x));
        }

        return [.. passes];
    }

    // deltas[l + 1]: by the inputs of layer l's units; deltas[0]: by x.
    private double[][] Deltas((double[] Inputs, double[] Values)[] passes, double[] c)
    {
        double[][] deltas = new double[_layers.Length + 1][];
        double[] above = c;
        for (int l = _layers.Length - 1; l >= 0; l--)
        {
            double[] delta = [.. above.Select((value, j) => value * Slope(_layers[l].Activation, passes[l].Inputs[j]))];
            deltas[l + 1] = delta;
            double[,] weights = _layers[l].Weights;
            above = new double[weights.GetLength(0)];
            for (int i = 0; i < above.Length; i++)
            {
                for (int j = 0; j < delta.Length; j++)
                {
                    above[i] += weights[i, j] * delta[j];
                }
            }
        }

        deltas[0] = above;
        return deltas;
    }
}
