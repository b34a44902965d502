namespace FastRbm.Cli.Demos;

/// <summary>All worked examples, in the order in which to read them.</summary>
internal static class DemoList
{
    /// <summary>New ones: their options hold values, so each command line has its own.</summary>
    public static IReadOnlyList<Demo> Create() =>
    [
        new TutorialDemo(),
        new LogicDemo(),
        new NoisyDigitsDemo(),
        new ImageDemo(ImageSettings.Digits),
        new ImageDemo(ImageSettings.Fashion),
        new HintonDemo(),
        new ReviewsDemo(),
        new RepairDemo(),
        new IsingDemo(),
        new HopfieldDemo(),
        new ClassifyDemo(),
        new SubspaceDemo(),
        new JemDemo(),
        new DeepDemo(boltzmann: false),
        new DeepDemo(boltzmann: true),
    ];
}
