using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Threading;

namespace FastRbm.Training.Boltzmann;

/// <summary>From a gradient to new parameters: momentum or Adam, with decay. Each parameter on its own, so threads change nothing.</summary>
internal sealed class BoltzmannStep : ITeamTask
{
    private const double SquareMomentum = 0.999;
    private const double Epsilon = 1e-8;

    private readonly BoltzmannMachine _machine;
    private readonly ThreadTeam _team;
    private readonly Matrix[] _means;
    private readonly Matrix[] _squares;
    private readonly double _decay;
    private BoltzmannGradient? _gradient;
    private double _rate;
    private double _momentum;
    private double _meanScale;
    private double _squareScale;

    public BoltzmannStep(BoltzmannMachine machine, BoltzmannTrainingOptions options, ThreadTeam team)
    {
        _machine = machine;
        _team = team;
        _decay = options.WeightDecay;
        _means = Pair(machine);
        _squares = options.StepRule == StepRule.Adam ? Pair(machine) : [];
    }

    /// <summary>Velocities, or the running means of Adam.</summary>
    public IEnumerable<(string Name, Matrix Values)> State =>
    [
        ("weight_velocity", _means[0]), ("bias_velocity", _means[1]),
        .. _squares.Length == 0 ? [] : (ReadOnlySpan<(string, Matrix)>)[("weight_square", _squares[0]), ("bias_square", _squares[1])],
    ];

    /// <summary>One step. The integer copy isn't followed yet.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">The momentum.</param>
    /// <param name="update">The number of the update, from 0.</param>
    public void Run(BoltzmannGradient gradient, double rate, double momentum, long update)
    {
        _gradient = gradient;
        _rate = rate;
        _momentum = momentum;
        if (_squares.Length > 0)
        {
            _meanScale = 1 / (1 - Power(momentum, update + 1));
            _squareScale = 1 / (1 - Power(SquareMomentum, update + 1));
        }

        _team.Run(this);
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_machine.Graph.Edges, member, members);

        // Steps are those of J = 2 W.
        Apply(_machine.MutableWeights, _gradient!.Couplings, 0, 2, first, end);
        if (member == 0)
        {
            Apply(_machine.MutableBiases, _gradient.Biases, 1, 1, 0, _machine.Units);
        }
    }

    private void Apply(Span<float> parameters, double[] gradient, int part, double unit, int first, int end)
    {
        Span<float> means = _means[part].Row(0);
        for (int i = first; i < end; i++)
        {
            double value = unit * parameters[i];
            double step;
            if (_squares.Length == 0)
            {
                step = (_momentum * means[i]) + (_rate * (gradient[i] - (_decay * value)));
                means[i] = (float)step;
            }
            else
            {
                Span<float> squares = _squares[part].Row(0);
                means[i] = (float)((_momentum * means[i]) + ((1 - _momentum) * gradient[i]));
                squares[i] = (float)((SquareMomentum * squares[i]) + ((1 - SquareMomentum) * gradient[i] * gradient[i]));
                step = _rate * ((means[i] * _meanScale / (Math.Sqrt(squares[i] * _squareScale) + Epsilon)) - (_decay * value));
            }

            parameters[i] = (float)((value + step) / unit);
        }
    }

    private static double Power(double value, long exponent) => value <= 0 ? 0 : DoubleMath.Exp(exponent * DoubleMath.Log(value));

    private static Matrix[] Pair(BoltzmannMachine machine) => [new Matrix(1, Math.Max(1, machine.Graph.Edges)), new Matrix(1, machine.Units)];
}
