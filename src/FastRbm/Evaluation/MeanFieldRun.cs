using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>Iterates mean-field equations from several starts, which threads share, and keeps the best.</summary>
internal sealed class MeanFieldRun : ITeamTask
{
    /// <summary>Iterations after which the damping of a start that hasn't come to rest grows.</summary>
    private const int Patience = 100;

    private const double MostDamping = 0.98;

    private readonly RbmParameters _parameters;
    private readonly MeanFieldOptions _options;
    private readonly int _order;
    private readonly CancellationToken _cancellation;
    private readonly double[] _transposed;
    private readonly Outcome[] _outcomes;

    private MeanFieldRun(RbmParameters parameters, MeanFieldOptions options, int order, CancellationToken cancellation)
    {
        _parameters = parameters;
        _options = options;
        _order = order;
        _cancellation = cancellation;
        _transposed = MeanFieldState.Transpose(parameters);
        _outcomes = new Outcome[options.Starts];
    }

    /// <summary>Runs all starts.</summary>
    /// <returns>Of those that converged, else of all, the one with the largest value.</returns>
    public static Outcome Best(RbmParameters parameters, MeanFieldOptions options, int order, int threads, CancellationToken cancellation)
    {
        MeanFieldRun run = new(parameters, options, order, cancellation);
        using ThreadTeam team = new(Math.Min(threads, options.Starts));
        team.Run(run);
        cancellation.ThrowIfCancellationRequested();
        Outcome best = run._outcomes[0];
        foreach (Outcome outcome in run._outcomes)
        {
            // A lower bound is one wherever it was left; an approximation counts at rest only.
            bool better = order == 1 || outcome.Converged == best.Converged ? outcome.Value > best.Value : outcome.Converged;
            best = better ? outcome : best;
        }

        return best;
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        MeanFieldState state = new(_parameters, _transposed);
        (int first, int end) = ThreadTeam.Share(_options.Starts, member, members);
        for (int start = first; start < end && !_cancellation.IsCancellationRequested; start++)
        {
            state.Start(start, _options.Seed);
            _outcomes[start] = Iterate(state);
        }
    }

    private Outcome Iterate(MeanFieldState state)
    {
        double damping = _order == 1 ? 0 : _options.Damping;
        double residual = double.PositiveInfinity;
        int iteration = 0;
        while (iteration < _options.MaxIterations && residual > _options.Tolerance && !_cancellation.IsCancellationRequested)
        {
            // For order 1 each half maximises the bound over its layer, so that the bound never falls.
            residual = state.UpdateVisible(_order, damping);
            residual = Math.Max(residual, state.UpdateHidden(_order, damping)) / (1 - damping);
            iteration++;
            if (_order > 1 && iteration % Patience == 0)
            {
                damping = Math.Min(MostDamping, 0.5 * (1 + damping));
            }
        }

        double value = _order == 1 ? state.LowerBound() : state.Expansion(_order);
        return new Outcome(value, iteration, residual <= _options.Tolerance, residual);
    }

    /// <summary>Where a start ended.</summary>
    internal readonly record struct Outcome(double Value, int Iterations, bool Converged, double Residual);
}
