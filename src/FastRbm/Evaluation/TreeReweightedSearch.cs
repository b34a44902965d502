namespace FastRbm.Evaluation;

/// <summary>Lowers a tree-reweighted bound: iterates messages, and mixes trees in by conditional gradient.</summary>
internal sealed class TreeReweightedSearch(TreeReweightedDual dual, TreeReweightedOptions options, CancellationToken cancellation)
{
    /// <summary>The share that the first tree is tried with.</summary>
    private const double FirstShare = 0.25;

    /// <summary>Shares below this change nothing worth a run of messages.</summary>
    private const double LeastShare = 1e-3;

    /// <summary>The most weights of a model for which trees are mixed in: beyond, a step costs seconds and hardly lowers the bound.</summary>
    private const int MostTreeWeights = 1 << 14;

    private const double FirstDamping = 0.3;
    private const double MostDamping = 0.9;

    /// <summary>The least bound so far.</summary>
    public double Bound { get; private set; } = double.PositiveInfinity;

    /// <summary>Iterations of the run that led to it.</summary>
    public int Iterations { get; private set; }

    /// <summary>Whether the messages of that run converged.</summary>
    public bool Converged { get; private set; }

    /// <summary>The largest relative change of a message at its end.</summary>
    public double Residual { get; private set; } = double.PositiveInfinity;

    /// <summary>Runs the messages, then the tree steps.</summary>
    public void Run(IProgress<double>? progress)
    {
        int steps = dual.Weights <= MostTreeWeights ? options.TreeSteps : 0;
        Iterate();
        progress?.Report(1.0 / (steps + 1));
        double share = FirstShare;
        for (int step = 0; step < steps && share >= LeastShare; step++)
        {
            double before = Bound;
            dual.Keep();
            dual.AddTree(share);
            Iterate();
            if (Bound >= before)
            {
                dual.Restore();
                share *= 0.5;
            }
            else
            {
                // Later trees get a share among more of them.
                share *= 0.9;
            }

            progress?.Report((step + 2.0) / (steps + 1));
        }

        progress?.Report(1.0);
    }

    private void Iterate()
    {
        double damping = FirstDamping;
        double last = double.PositiveInfinity;
        double best = double.PositiveInfinity;
        double residual = double.PositiveInfinity;
        int iteration = 0;
        while (iteration < options.MaxIterations && residual > options.Tolerance)
        {
            cancellation.ThrowIfCancellationRequested();
            residual = dual.Iterate(damping) / (1 - damping);
            iteration++;

            // The bound belongs to the messages before the iteration.
            double bound = dual.Bound;
            best = Math.Min(best, bound);
            if (bound > last)
            {
                damping = Math.Min(MostDamping, 0.25 + (0.75 * damping));
            }

            last = bound;
        }

        if (best < Bound)
        {
            Bound = best;
            Iterations = iteration;
            Converged = residual <= options.Tolerance;
            Residual = residual;
        }
    }
}
