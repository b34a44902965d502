using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Cli.Demos;

/// <summary>The section of one gate.</summary>
/// <param name="run">Where to write.</param>
/// <param name="gate">The gate.</param>
/// <param name="trainings">Its trainings, one a recipe.</param>
internal sealed class LogicPage(DemoRun run, LogicGate gate, IReadOnlyList<LogicTraining> trainings)
{
    private const int SampledChains = 10_000;
    private const int ManySteps = 1000;
    private const int Trajectories = 100;
    private const int MostSteps = 10_000;

    private string Title => gate.Name.ToUpperInvariant();

    /// <summary>Writes it.</summary>
    public void Write()
    {
        run.Page.Section(Title);
        Success();
        Parameters();
        Modes();
        Trajectory();
        Equilibrium();
    }

    private void Success()
    {
        run.Figure(
            "Success after each epoch: the share of states that are rows of the truth table. Left: of p(v), by enumeration. Right: of chains 2k steps after random states, by powers of the "
            + "matrix of one step. Where both agree, chains of 2k steps are long enough.",
            (File("success"), Chart("at equilibrium", static training => training.Success)),
            (File("success-early"), Chart("after 2k steps", static training => training.EarlySuccess)));

        LineChart Chart(string title, Func<LogicTraining, List<double>> values) => DemoText.Lines(
            $"{Title}: success {title}", "epochs", "share of valid rows", [.. trainings.Select(training => LineSeries.Of(training.Recipe.Name, values(training)))]) with
        { YReaches = [0, 1], LegendAtBottom = true };
    }

    private void Parameters()
    {
        run.Figure("Weights after training, each map to its own scale.", [.. trainings.Select(training => (File("weights", training), (IChart)new HeatMap
        {
            Title = training.Recipe.Name, RowLabels = gate.UnitNames, ColumnLabels = Hidden, Values = training.Machine.Parameters.Weights, Format = "0.0",
        }))]);
        run.Figure("Biases after training.", [.. trainings.Select(training => (File("biases", training), (IChart)new HeatMap
        {
            Title = training.Recipe.Name, RowLabels = ["bias"], ColumnLabels = [.. gate.UnitNames, .. Hidden], Format = "0.0",
            Values = [.. training.Machine.Parameters.VisibleBias, .. training.Machine.Parameters.HiddenBias],
        }))]);
        foreach (LogicTraining training in trainings)
        {
            run.Model(File("model", training), new Rbm(training.Machine.Parameters));
        }
    }

    /// <summary>Singular vectors of W beside the principal axes of the truth table.</summary>
    private void Modes()
    {
        int units = gate.Units;
        SymmetricEigen principal = SymmetricEigen.Compute(Covariance(), units);
        bool degenerate = principal.Values[0] - principal.Values[^1] < 1e-12;
        List<(string, IChart)> overlaps = [];
        List<(string, IChart)> maps = [(File("principal-axes"), Axes("principal axes", "variance", principal.Vectors, principal.Values))];
        foreach (LogicTraining training in trainings)
        {
            SymmetricEigen modes = SymmetricEigen.Compute(Gram(training.Machine.Parameters), units);
            double[] singular = [.. modes.Values.Select(static value => Math.Sqrt(Math.Max(0, value)))];
            maps.Add((File("modes", training), Axes("modes, " + training.Recipe.Name, "singular value", modes.Vectors, singular)));
            overlaps.Add((File("overlaps", training), new HeatMap
            {
                Title = training.Recipe.Name,
                XLabel = "principal axis",
                YLabel = "mode",
                RowLabels = Ordinals(units),
                ColumnLabels = Ordinals(units),
                Full = 1,
                Values = [.. modes.Vectors.SelectMany(mode => principal.Vectors.Select(axis => Math.Abs(Dot(mode, axis))))],
            }));
        }

        run.Figure(
            "Singular vectors of W on the visible side against the principal axes of the truth table. All are unit vectors; rows are centred by their means before their covariance is taken, as "
            + "units that are 0 or 1 would otherwise have a first axis that is no more than their mean. Below each vector stands its variance or singular value.",
            maps);
        run.Figure(
            "Overlaps, the absolute scalar products of modes and principal axes: 1 for the same direction, 0 for none. "
            + (degenerate
                ? "Here the covariance is the same in all directions: pairs of units are independent, so any axes are principal ones and overlaps say nothing. What is to be learned lies in three units at once."
                : "Where they agree, W has found the directions in which the rows of the truth table vary."),
            overlaps);
    }

    private void Trajectory()
    {
        List<(string, IChart)> charts = [];
        foreach (LogicTraining training in trainings.Take(LogicRecipe.Tutorial.Count))
        {
            int steps = 2 * training.Recipe.Steps;
            charts.Add((File("stability", training), Paths(training, steps, flip: false)));
            charts.Add((File("correction", training), Paths(training, steps, flip: true)));
        }

        run.Figure(
            $"Left: chains start at rows of the truth table; how long the output bit stays what it was, and the row valid. Right: the output bit is flipped before the start; how fast the bit of the "
            + $"truth table comes back, and any valid row is reached. Full lines: mean of {Trajectories} trajectories over 2k steps, begun in equal parts at every row; broken: the expectation, by the "
            + "matrix of one step. A chain that mixes forgets its bit in the end: what has to stay high is the share of valid rows.",
            charts);
    }

    private void Equilibrium()
    {
        List<(string, IChart)> charts = [];
        foreach (LogicTraining training in trainings)
        {
            Rbm rbm = new(training.Machine.Parameters);
            using ChainSet chains = new(rbm, SampledChains, run.Seed, run.Threads);
            chains.Run(training.Recipe.Steps);
            double[] few = Shares(chains);
            chains.Run(ManySteps - training.Recipe.Steps);
            double[] many = Shares(chains);
            charts.Add((File("distribution", training), DemoText.Bars(
                training.Recipe.Name, "state, inputs first (* valid)", "probability", gate.StateNames,
                new BarSeries("exact p(v)", training.Machine.Probabilities), new BarSeries($"chains, {training.Recipe.Steps} steps", few),
                new BarSeries($"chains, {DemoText.Count(ManySteps)} steps", many)) with
            { YReaches = [0.6 * (gate.Units == 2 ? 2 : 1)] }));
        }

        run.Figure(
            $"p(v) beside the states of {DemoText.Count(SampledChains)} chains, k and {DemoText.Count(ManySteps)} steps after random states. The rows of the truth table have "
            + $"{DemoText.Fixed(1.0 / gate.Valid.Count, 2)} each when the gate is learned.",
            charts);
        double[] times = [.. Enumerable.Range(0, 41).Select(static i => Math.Round(Math.Pow(10, i / 10.0))).Distinct()];
        run.Figure(
            "How far chains from random states still are from p(v) (total variation, exact) after so many steps. Where a line is well above 0 at k steps, the machine was trained, and is "
            + "used with k steps, out of equilibrium: short chains then show another distribution than the one that the machine stands for.",
            (File("equilibrium"), DemoText.Lines(
                $"{Title}: distance of chains from p(v)", "log10 of the steps", "total variation", [.. trainings.Select(training => Distances(training, times))]) with
            { YReaches = [0] }));
        foreach (LogicTraining training in trainings)
        {
            run.Page.Paragraph(Verdict(training));
        }
    }

    private static LineSeries Distances(LogicTraining training, double[] times)
    {
        double[] distances = new double[times.Length];
        double[] distribution = training.Machine.AfterRandomStart(0);
        int next = 0;
        for (int step = 1; step <= MostSteps; step++)
        {
            distribution = training.Machine.Step(distribution);
            if (step == (int)times[next])
            {
                distances[next++] = SmallMachine.TotalVariation(distribution, training.Machine.Probabilities);
            }
        }

        return new LineSeries(training.Recipe.Name, [.. times.Select(static time => Math.Log10(time))], distances);
    }

    private static string Verdict(LogicTraining training)
    {
        int steps = training.Recipe.Steps;
        double relaxation = training.Machine.RelaxationSteps();
        double distance = SmallMachine.TotalVariation(training.Machine.AfterRandomStart(steps), training.Machine.Probabilities);
        string verdict = distance <= LogicTraining.Near ? "at equilibrium" : distance <= 0.1 ? "near equilibrium, not at it" : "out of equilibrium";
        return $"{training.Recipe.Name}: k = {steps} steps against a relaxation time of {DemoText.Fixed(relaxation, relaxation < 10 ? 1 : 0)}; after k steps from random states the distance from p(v) is "
            + $"{DemoText.Fixed(distance, 3)}: {verdict}.";
    }

    private LineChart Paths(LogicTraining training, int steps, bool flip)
    {
        (double[] bit, double[] valid) = Simulated(training, steps, flip);
        (double[] expectedBit, double[] expectedValid) = Expected(training, steps, flip);
        string bitName = flip ? "bit corrected" : "bit as at the start";
        return DemoText.Lines(
            $"{training.Recipe.Name}: {(flip ? "flipped output" : "right output")}", "Gibbs steps", "share of trajectories",
            LineSeries.Of(bitName, bit), LineSeries.Of("row valid", valid),
            LineSeries.Of(null, expectedBit) with { IsBroken = true, Colour = 0 }, LineSeries.Of(null, expectedValid) with { IsBroken = true, Colour = 1 }) with
        { YReaches = [0, 1], LegendAtBottom = true };
    }

    private (double[] Bit, double[] Valid) Simulated(LogicTraining training, int steps, bool flip)
    {
        Rbm rbm = new(training.Machine.Parameters);
        using ChainSet chains = new(rbm, Trajectories, run.Seed, threads: 1);
        byte[] starts = new byte[gate.Valid.Count * gate.Units];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = (StartOf(i / gate.Units, flip) >> (i % gate.Units) & 1) != 0 ? (byte)1 : (byte)0;
        }

        chains.StartFrom(BitDataset.FromBytes("starts", gate.Valid.Count, gate.Units, starts));
        double[] bit = new double[steps + 1];
        double[] valid = new double[steps + 1];
        for (int step = 0; step <= steps; step++)
        {
            for (int chain = 0; chain < Trajectories; chain++)
            {
                int state = (int)chains.Visible.Row(chain)[0];
                bit[step] += (state & gate.OutputBit) == (gate.Valid[chain % gate.Valid.Count] & gate.OutputBit) ? 1.0 / Trajectories : 0;
                valid[step] += gate.Valid.Contains(state) ? 1.0 / Trajectories : 0;
            }

            chains.Run(1);
        }

        return (bit, valid);
    }

    private (double[] Bit, double[] Valid) Expected(LogicTraining training, int steps, bool flip)
    {
        double[] bit = new double[steps + 1];
        double[] valid = new double[steps + 1];
        for (int row = 0; row < gate.Valid.Count; row++)
        {
            double[] distribution = new double[1 << gate.Units];
            distribution[StartOf(row, flip)] = 1.0 / gate.Valid.Count;
            for (int step = 0; step <= steps; step++)
            {
                bit[step] += distribution.Where((_, state) => (state & gate.OutputBit) == (gate.Valid[row] & gate.OutputBit)).Sum();
                valid[step] += gate.Success(distribution);
                distribution = training.Machine.Step(distribution);
            }
        }

        return (bit, valid);
    }

    private int StartOf(int row, bool flip) => gate.Valid[row] ^ (flip ? gate.OutputBit : 0);

    private double[] Shares(ChainSet chains)
    {
        int[] counts = new int[1 << gate.Units];
        for (int chain = 0; chain < chains.Chains; chain++)
        {
            counts[chains.Visible.Row(chain)[0]]++;
        }

        return [.. counts.Select(count => (double)count / chains.Chains)];
    }

    private double[] Covariance()
    {
        int units = gate.Units;
        double[] covariance = new double[units * units];
        for (int i = 0; i < covariance.Length; i++)
        {
            int first = i / units;
            int second = i % units;
            covariance[i] = gate.Valid.Average(state => Bit(state, first) * Bit(state, second))
                - (gate.Valid.Average(state => Bit(state, first)) * gate.Valid.Average(state => Bit(state, second)));
        }

        return covariance;

        static double Bit(int state, int unit) => state >> unit & 1;
    }

    private static double[] Gram(RbmParameters machine)
    {
        double[] gram = new double[machine.Visible * machine.Visible];
        for (int i = 0; i < gram.Length; i++)
        {
            gram[i] = Dot(machine.Weights[(i / machine.Visible * machine.Hidden)..][..machine.Hidden], machine.Weights[(i % machine.Visible * machine.Hidden)..][..machine.Hidden]);
        }

        return gram;
    }

    private static double Dot(IReadOnlyList<double> a, IReadOnlyList<double> b) => a.Select((value, i) => value * b[i]).Sum();

    private HeatMap Axes(string title, string what, IReadOnlyList<IReadOnlyList<double>> vectors, IReadOnlyList<double> sizes) => new()
    {
        Title = title,
        XLabel = what,
        RowLabels = gate.UnitNames,
        ColumnLabels = [.. sizes.Select(static size => DemoText.Fixed(size, 2))],
        Full = 1,
        Values = [.. Enumerable.Range(0, gate.Units).SelectMany(unit => vectors.Select(vector => vector[unit]))],
    };

    private static string[] Hidden => [.. Enumerable.Range(1, LogicTraining.HiddenUnits).Select(static unit => "h" + Numbers.Text(unit))];

    private static string[] Ordinals(int count) => [.. Enumerable.Range(1, count).Select(static i => Numbers.Text(i))];

    private string File(string what) => $"{gate.Name}-{what}";

    private string File(string what, LogicTraining training) => $"{gate.Name}-{what}-{training.Recipe.FileName}";
}
