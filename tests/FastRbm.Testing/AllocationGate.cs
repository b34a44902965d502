namespace FastRbm.Testing;

/// <summary>Counts the managed bytes that a warmed-up action allocates, on any thread.</summary>
/// <remarks>
/// Tests that use it run alone (a collection without parallelisation). A test runner still has threads of its own, so bytes of
/// other threads count only if they come in every measurement; bytes of the calling thread count always. An action that
/// allocates on a worker only now and then must therefore be looped inside the action until it is sure to.
/// </remarks>
public static class AllocationGate
{
    private const int WarmUps = 3;
    private const int Measurements = 10;

    // The runner reports finished tests in bursts, longer than ten quick measurements take: after a pause there is one without.
    private const int FurtherMeasurements = 30;
    private const int PauseMilliseconds = 10;

    /// <summary>Runs the action a few times to warm it up, then measures it several times.</summary>
    /// <param name="action">A repeatable step that should allocate nothing.</param>
    /// <returns>The most that the calling thread allocated in one call, plus the least that all other threads did.</returns>
    public static long BytesOf(Action action)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            action();
        }

        long own = 0;
        long others = long.MaxValue;
        for (int i = 0; i < Measurements || (others > 0 && i < Measurements + FurtherMeasurements); i++)
        {
            if (i >= Measurements)
            {
                Thread.Sleep(PauseMilliseconds);
            }

            long totalBefore = GC.GetTotalAllocatedBytes(precise: true);
            long ownBefore = GC.GetAllocatedBytesForCurrentThread();
            action();
            long ownBytes = GC.GetAllocatedBytesForCurrentThread() - ownBefore;
            long totalBytes = GC.GetTotalAllocatedBytes(precise: true) - totalBefore;
            own = Math.Max(own, ownBytes);
            others = Math.Min(others, totalBytes - ownBytes);
        }

        return own + others;
    }
}
