namespace FastRbm.Sampling;

/// <summary>Looks at chains after every sweep, on the thread that made it, without a barrier between sweeps.</summary>
internal interface ISweepObserver
{
    /// <summary>Called after a sweep of some chains; other chains may be at other sweeps.</summary>
    /// <param name="member">The thread, from 0: calls of one member never overlap.</param>
    /// <param name="first">The first chain.</param>
    /// <param name="end">The end of the chains, exclusive.</param>
    /// <param name="sweep">Sweeps that these chains have done in all, this one counted.</param>
    void AfterSweep(int member, int first, int end, long sweep);
}
