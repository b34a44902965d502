using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>
/// Fast-weights PCD (Tieleman and Hinton 2009): the chains are sampled from the sum of the parameters and of fast ones, F = decay F +
/// rate gradient, which push the chains away from where they have been.
/// </summary>
internal sealed unsafe class FastWeights
{
    private const float Decay = 0.95f;

    private readonly Rbm _slow;
    private readonly ThreadTeam _team;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly Rbm _fast;
    private readonly Matrix _weightVelocity;
    private readonly Matrix _visibleVelocity;
    private readonly Matrix _hiddenVelocity;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly MovePass _moving;
    private readonly SumPass _summing;
    private WeightUpdateArguments _arguments;

    /// <summary>Starts with fast parameters 0.</summary>
    /// <param name="slow">The model that is trained.</param>
    /// <param name="team">The threads of the update.</param>
    /// <param name="scratch">Their scratch.</param>
    public FastWeights(Rbm slow, ThreadTeam team, AlignedBuffer<int>[] scratch)
    {
        _slow = slow;
        _team = team;
        _scratch = scratch;
        _fast = Rbm.Binary(slow.Visible.Count, slow.Hidden.Count);
        Sum = Rbm.Binary(slow.Visible.Count, slow.Hidden.Count);
        _weightVelocity = new Matrix(slow.Visible.Count, slow.Hidden.Count);
        _visibleVelocity = new Matrix(1, slow.Visible.Count);
        _hiddenVelocity = new Matrix(1, slow.Hidden.Count);
        _moving = new MovePass(this);
        _summing = new SumPass(this);
        Add();
    }

    /// <summary>The model that chains are sampled from.</summary>
    public Rbm Sum { get; }

    /// <summary>The fast parameters.</summary>
    public IEnumerable<(string Name, Matrix Values)> Values =>
        [("fast_weights", _fast.WeightMatrix), ("fast_visible_bias", _fast.Visible.Parameters), ("fast_hidden_bias", _fast.Hidden.Parameters)];

    /// <summary>Moves the fast parameters along the gradient of an update that has just been made, and sums.</summary>
    /// <param name="update">The arguments of that update: momentum 0 and no decay are put in, its rates are kept.</param>
    /// <returns>False when the sum left the range of the fixed-point copy.</returns>
    public bool Move(in WeightUpdateArguments update)
    {
        _arguments = update with
        {
            Weights = _fast.WeightMatrix.DangerousGetPointer(),
            VisibleBias = _fast.Visible.Parameters.DangerousGetPointer(),
            HiddenBias = _fast.Hidden.Parameters.DangerousGetPointer(),
            WeightVelocity = _weightVelocity.DangerousGetPointer(),
            VisibleBiasVelocity = _visibleVelocity.DangerousGetPointer(),
            HiddenBiasVelocity = _hiddenVelocity.DangerousGetPointer(),
            WeightSquares = null,
            Momentum = 0,
            L2 = 1 - Decay,
            BiasDecay = 1 - Decay,
            L1 = 0,
            HiddenDecay = null,
            HiddenSquares = null,
            WeightAverage = null,
        };
        _team.Run(_moving);
        BiasUpdate.Run(_level, _fast.FixedPoint, _arguments);
        return _fast.TryRebuildFixedPoint() & Add();
    }

    /// <summary>Makes the sum.</summary>
    /// <returns>False when it left the range of the fixed-point copy.</returns>
    public bool Add()
    {
        _team.Run(_summing);
        return Sum.TryRebuildFixedPoint();
    }

    private static void Add(Matrix slow, Matrix fast, Matrix sum, int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(slow.Rows, member, members);
        for (int row = first; row < end; row++)
        {
            ReadOnlySpan<float> a = slow.Row(row);
            ReadOnlySpan<float> b = fast.Row(row);
            Span<float> c = sum.Row(row);
            for (int column = 0; column < c.Length; column++)
            {
                c[column] = a[column] + b[column];
            }
        }
    }

    private sealed class MovePass(FastWeights owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._fast.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            WeightUpdate.Run(owner._level, copy, owner._arguments, first, end, owner._scratch[member].DangerousGetPointer());
        }
    }

    private sealed class SumPass(FastWeights owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            Add(owner._slow.WeightMatrix, owner._fast.WeightMatrix, owner.Sum.WeightMatrix, member, members);
            Add(owner._slow.Visible.Parameters, owner._fast.Visible.Parameters, owner.Sum.Visible.Parameters, member, members);
            Add(owner._slow.Hidden.Parameters, owner._fast.Hidden.Parameters, owner.Sum.Hidden.Parameters, member, members);
        }
    }
}
