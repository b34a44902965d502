using System.CommandLine;
using FastRbm.Cli.Commands;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>The machine of five units: all of its states, then trained from six rows until two of them lead.</summary>
internal sealed class TutorialDemo : Demo
{
    private const int Updates = 3000;
    private const int Starts = 20;
    private const double StartDeviation = 0.1;
    private const double Rate = 0.1;
    private const int ShownStates = 8;
    private const int VisibleUnits = 3;
    private const int HiddenUnits = 2;

    /// <inheritdoc/>
    public override string Name => "tutorial";

    /// <inheritdoc/>
    public override string Summary => "three people and two fruits: all 32 states of a machine of five units, then trained from six rows";

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        run.Page.Paragraph(
            "A restricted Boltzmann machine gives every state of its units an energy, and states of low energy a high probability. Here the visible "
            + "units A, B and C are three people and the hidden units D and E two fruits; five units have 32 states, so everything can be worked out by hand.");
        ShowGivenMachine(run);
        Train(run);
    }

    private static void ShowGivenMachine(DemoRun run)
    {
        RbmParameters machine = TutorialMachine.Parameters;
        JointState[] states = StateTable.Enumerate(machine);
        run.Page.Section("The machine with the tutorial's numbers");
        run.Page.Paragraph("E(v,h) = -a.v - b.h - v'Wh; the tutorial calls -E the score of a state. p(v,h) = exp(-E) / Z, where Z is the sum of exp(-E) over all states.");
        run.Figure("Weights and biases. A and C like D and don't like E; B is the other way round.", ("given-weights", WeightMap("Weights", machine)),
            ("given-biases", BiasMap("Biases", machine)));
        JointState first = states[0];
        JointState fruitOfB = states.Single(static state => TutorialMachine.UnitsOn(state) == "BE");
        run.Page.Table(
            ["state", "score, tutorial", "score, here", "probability, tutorial", "probability, here"],
            [
                ["ACD", "8", Score(first), "0.4495", DemoText.Fixed(first.Probability, 4)],
                ["BE", "7", Score(fruitOfB), "0.1654", DemoText.Fixed(fruitOfB.Probability, 4)],
            ],
            "The two states that the tutorial works out.");
        run.Page.Table(
            ["units on", "visible ABC", "hidden DE", "energy", "score", "probability"],
            [.. states.Select(static state => (IReadOnlyList<string>)
            [
                On(state), DemoText.Bits(state.Visible, VisibleUnits), DemoText.Bits(state.Hidden, HiddenUnits),
                DemoText.Fixed(state.Energy, 0), Score(state), DemoText.Fixed(state.Probability, 6),
            ])],
            "All 32 states, the most probable first.");
        run.Results.Add("states", states.Length);
        run.Results.Add("given_probability_acd", first.Probability);
        run.Results.Add("given_probability_be", fruitOfB.Probability);
    }

    private static void Train(DemoRun run)
    {
        run.Page.Section("Trained from six rows");
        run.Page.Paragraph(
            "Now the machine starts with small random weights and sees six rows of people: 1,0,1 three times and 0,1,0 three times. Nobody tells it about the "
            + "fruits. If the hidden units come to stand for two tastes, one goes with A and C and is called D, the other goes with B and is called E, and the "
            + "states ACD and BE lead the table.");
        BitDataset rows = BitDataset.FromBytes("people", 6, VisibleUnits, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
        List<TutorialTraining> trainings = [];
        for (int start = 0; start < Starts; start++)
        {
            run.Progress((double)start / Starts, "training");
            trainings.Add(TutorialTraining.Run(TrainingAlgorithm.ContrastiveDivergence, rows, run.Seed + (ulong)start, StartDeviation, Rate, Updates));
        }

        TutorialTraining? shown = trainings.Find(static training => training.Lead is not null);
        int led = trainings.Count(static training => training.Lead is not null);
        run.Page.Paragraph(
            $"CD-1, all six rows in each minibatch, rate {Numbers.Text(Rate)}, no momentum, {DemoText.Count(Updates)} updates, weights drawn from N(0, "
            + $"{Numbers.Text(StartDeviation)}²). At the start the hidden units are alike, and chance decides which taste each takes. From {Starts} starts (seeds "
            + $"{Numbers.Text((long)run.Seed)} and on), {led} ended with ACD and BE as the two leading states{Others(trainings)}.");
        run.Results.Add("starts", Starts);
        run.Results.Add("starts_where_acd_and_be_lead", led);
        if (shown is null)
        {
            run.Page.Paragraph("None of these starts ended there: take another seed.");
            return;
        }

        TutorialTraining exact = TutorialTraining.Run(TrainingAlgorithm.ExactGradient, rows, shown.Seed, StartDeviation, Rate, Updates);
        run.Figure(
            $"Exact probabilities during training from seed {Numbers.Text((long)shown.Seed)}, by enumeration of all 32 states after every tenth update. By CD-1, "
            + $"ACD and BE lead from update {DemoText.Count(shown.Lead!.Value)} on. The broken line is one half, what either has in the data. CD-1 misses it: "
            + "its chains of one step hardly ever go from one row to the other, so nothing tells them how often each should come. The exact gradient of the "
            + "log-likelihood, from the same start, finds it.",
            ("training-cd", Chart("Joint states, CD-1", shown)), ("training-exact", Chart("Joint states, exact gradient", exact)));
        JointState[] states = StateTable.Enumerate(shown.Parameters);
        Dictionary<string, JointState> exactStates = StateTable.Enumerate(exact.Parameters).ToDictionary(On);
        run.Page.Table(
            ["units on", "visible ABC", "hidden DE", "energy, CD-1", "probability, CD-1", "probability, exact gradient"],
            [.. states.Take(ShownStates).Select(state => (IReadOnlyList<string>)
            [
                On(state), DemoText.Bits(state.Visible, VisibleUnits), DemoText.Bits(state.Hidden, HiddenUnits), DemoText.Fixed(state.Energy, 3),
                DemoText.Fixed(state.Probability, 4), DemoText.Fixed(exactStates[On(state)].Probability, 4),
            ])],
            $"The {ShownStates} likeliest states after training.");
        run.Figure("What CD-1 learned: the same signs as the tutorial's weights.", ("trained-weights", WeightMap("Weights after training", shown.Parameters)),
            ("trained-biases", BiasMap("Biases after training", shown.Parameters)));
        run.Model("trained", new Rbm(shown.Parameters));
        run.Results.Add("trained_seed", shown.Seed);
        run.Results.Add("lead_from_update", shown.Lead);
        run.Results.Add("trained_probability_acd", shown.FirstState[^1]);
        run.Results.Add("trained_probability_be", shown.SecondState[^1]);
        run.Results.Add("exact_gradient_probability_acd", exact.FirstState[^1]);
        run.Results.Add("exact_gradient_probability_be", exact.SecondState[^1]);
    }

    /// <summary>What became of the starts that didn't end with ACD and BE.</summary>
    private static string Others(List<TutorialTraining> trainings)
    {
        string[] others = [.. trainings.Where(static training => training.Lead is null).GroupBy(static training => training.Leaders)
            .OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group => $"{Numbers.Text(group.Count())} with {group.Key}")];
        return others.Length == 0 ? string.Empty
            : $"; of the others ended {string.Join(", ", others)}: there both hidden units took the same side, and a machine may tell the two rows apart that way too";
    }

    private static LineChart Chart(string title, TutorialTraining training) => DemoText.Lines(
        title, "updates", "probability",
        new LineSeries("ACD", training.Points, training.FirstState), new LineSeries("BE", training.Points, training.SecondState),
        new LineSeries("likeliest other state", training.Points, training.LargestOther),
        new LineSeries(null, [0, training.Points[^1]], [0.5, 0.5]) { IsBroken = true, Colour = 6 }) with
    { YReaches = [0, 1] };

    private static string On(JointState state) => TutorialMachine.UnitsOn(state) is { Length: > 0 } units ? units : "none";

    private static string Score(JointState state) => DemoText.Fixed(0 - state.Energy, 0);

    private static HeatMap WeightMap(string title, RbmParameters machine) => new()
    {
        Title = title,
        XLabel = "hidden",
        YLabel = "visible",
        RowLabels = ["A", "B", "C"],
        ColumnLabels = ["D", "E"],
        Values = machine.Weights,
        Format = "0.0",
    };

    private static HeatMap BiasMap(string title, RbmParameters machine) => new()
    {
        Title = title,
        RowLabels = ["bias"],
        ColumnLabels = ["A", "B", "C", "D", "E"],
        Values = [.. machine.VisibleBias, .. machine.HiddenBias],
        Format = "0.0",
    };
}
