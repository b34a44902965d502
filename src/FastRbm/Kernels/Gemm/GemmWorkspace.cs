using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Kernels.Gemm;

/// <summary>What matrix products need beside their matrices: packed blocks, and perhaps threads. Made once, reused for every shape.</summary>
/// <remarks>
/// Its size is that of the largest blocks, 2.4 MB a thread, and doesn't depend on the matrices, so nothing grows later. One product at
/// a time.
/// </remarks>
internal sealed unsafe class GemmWorkspace : ITeamTask
{
    /// <summary>Most k steps in a block, at every width.</summary>
    public const int BlockDepth = 800;

    /// <summary>Floats in a block of A: such a block stays in the second-level cache.</summary>
    public const int BlockOfA = 120 * BlockDepth;

    /// <summary>Columns in the deepest block of B, a multiple of every panel's columns.</summary>
    public const int BlockColumns = 640;

    /// <summary>Below this many multiply-adds a team costs more than it saves.</summary>
    public const long LeastWorkForTeam = 1 << 22;

    private readonly ThreadTeam? _team;
    private readonly AlignedBuffer<float>[] _a;
    private readonly AlignedBuffer<float>[] _b;
    private Problem _problem;
    private SimdLevel _level;
    private delegate*<SimdLevel, in Problem, void> _run;

    /// <summary>Allocates the blocks.</summary>
    /// <param name="team">Threads that large products are split over; null for the caller's alone. Not owned.</param>
    public GemmWorkspace(ThreadTeam? team = null)
    {
        _team = team;
        _a = new AlignedBuffer<float>[team?.Members ?? 1];
        _b = new AlignedBuffer<float>[_a.Length];
        for (int member = 0; member < _a.Length; member++)
        {
            _a[member] = new AlignedBuffer<float>(BlockOfA);
            _b[member] = new AlignedBuffer<float>(BlockColumns * BlockDepth);
        }
    }

    /// <inheritdoc/>
    void ITeamTask.Run(int member, int members)
    {
        // Along the larger side, in whole tiles, so that what both factors of a share have in common is small.
        const int Step = 24;
        const int Panel = 2 * PackedMatrix.PanelColumns;
        Problem share = _problem;
        bool byRows = _problem.Rows > _problem.Columns;
        int unit = byRows ? Step : Panel;
        nint whole = byRows ? _problem.Rows : _problem.Columns;
        (int first, int end) = ThreadTeam.Share((int)((whole + unit - 1) / unit), member, members);
        nint start = (nint)first * unit;
        nint count = Math.Min((nint)end * unit, whole) - start;
        if (count <= 0)
        {
            return;
        }

        if (byRows)
        {
            share.Rows = count;
            share.A += start * share.RowOfA;
            share.C += start * share.StrideC;
        }
        else
        {
            share.Columns = count;
            share.B += start * (share.FormOfB switch { FormOfB.Plain => 1, FormOfB.Packed => share.Depth, _ => share.StrideB });
            share.C += start;
            share.Bias = share.Bias == null ? null : share.Bias + start;
        }

        RunAs(member, ref share, _level, _run);
    }

    /// <summary>Runs a product.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="problem">Checked, with at least one row and column, without blocks.</param>
    internal void Run<TEpilogue>(SimdLevel level, in Problem problem)
        where TEpilogue : struct, IEpilogue
    {
        _problem = problem;
        _level = level;
        _run = &GemmPaths.Run<TEpilogue>;
        if (_team is null || _team.Members == 1 || (long)problem.Rows * problem.Columns * problem.Depth < LeastWorkForTeam)
        {
            RunAs(0, ref _problem, level, _run);
        }
        else
        {
            _team.Run(this);
        }

        GC.KeepAlive(this);
    }

    private void RunAs(int member, ref Problem problem, SimdLevel level, delegate*<SimdLevel, in Problem, void> run)
    {
        problem.BlockOfA = _a[member].DangerousGetPointer();
        problem.BlockOfB = _b[member].DangerousGetPointer();
        run(level, in problem);
    }
}
