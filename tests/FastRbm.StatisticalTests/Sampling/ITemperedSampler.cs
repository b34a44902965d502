namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A sampler of tempered chains under audit. States are by level, hottest first, then by chain; unit i in bit i.</summary>
internal interface ITemperedSampler
{
    /// <summary>Starts the chains.</summary>
    /// <param name="visible">Visible states.</param>
    /// <param name="hidden">Hidden states that go with them, for samplers that read them.</param>
    void Start(int[][] visible, int[][] hidden);

    /// <summary>One sweep; the first is even.</summary>
    /// <param name="visible">Visible states, written.</param>
    /// <param name="hidden">Hidden states, written.</param>
    void Step(int[][] visible, int[][] hidden);
}
