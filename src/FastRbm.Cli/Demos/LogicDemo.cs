using System.CommandLine;
using FastRbm.Cli.Options;

namespace FastRbm.Cli.Demos;

/// <summary>Logic gates as machines: success, weights, modes, stability, and whether their chains are at equilibrium.</summary>
internal sealed class LogicDemo : Demo
{
    private const string AllGates = "all";
    private const double LearnedWell = 0.1;

    private readonly Option<string> _gate = OptionFactory.Choice(
        "--gate", "Which gate", AllGates, [AllGates, .. LogicGate.All.Select(static gate => gate.Name)]);

    private readonly Option<int?> _epochs = OptionFactory.OptionalInteger("--epochs", "Epochs of each training [default: 15]", least: 1);

    /// <inheritdoc/>
    public override string Name => "logic";

    /// <inheritdoc/>
    public override string Summary => "AND, OR, XOR and NOT as machines of six units: what they learn, and whether their chains tell the truth";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_gate, _epochs];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        string name = parse.GetRequiredValue(_gate);
        int? epochs = parse.GetValue(_epochs);
        LogicGate[] gates = [.. LogicGate.All.Where(gate => name is AllGates || gate.Name == name)];
        List<(LogicGate Gate, List<LogicTraining> Trainings)> all = [];
        int parts = gates.Length * LogicRecipe.All.Count;
        foreach (LogicGate gate in gates)
        {
            List<LogicTraining> trainings = [];
            foreach (LogicRecipe recipe in LogicRecipe.All)
            {
                run.Progress((double)((all.Count * LogicRecipe.All.Count) + trainings.Count) / parts, $"training {gate.Name} by {recipe.Name}");
                trainings.Add(LogicTraining.Best(gate, recipe, epochs, run.Seed));
            }

            all.Add((gate, trainings));
        }

        Overview(run, all);
        foreach ((LogicGate gate, List<LogicTraining> trainings) in all)
        {
            run.Progress(0.99, $"drawing {gate.Name}");
            new LogicPage(run, gate, trainings).Write();
        }
    }

    private static void Overview(DemoRun run, List<(LogicGate Gate, List<LogicTraining> Trainings)> all)
    {
        run.Page.Paragraph(
            "The visible units of each machine are the inputs of a gate and its output (3 units; 2 for NOT), and there are 3 hidden units. A machine that has learned "
            + "a gate gives each row of its truth table the same probability and all other states none. A machine of six units has so few states that everything here "
            + "can be summed up exactly: chains are shown beside the truth that they are drawn from.");
        run.Page.Section("Result");
        run.Page.Table(
            ["gate", "training", "success, tutorial", "success at equilibrium", "2k steps after random states", "right output given inputs", "distance from truth table", "relaxation (steps)", "starts that learned it"],
            [.. all.SelectMany(static entry => entry.Trainings.Select(training => (IReadOnlyList<string>)
            [
                entry.Gate.Name.ToUpperInvariant(), training.Recipe.Name, TutorialFigure(training.Recipe), DemoText.Percent(training.Success[^1]), DemoText.Percent(training.EarlySuccess[^1]),
                DemoText.Percent(entry.Gate.FunctionSuccess(training.Machine.Probabilities)), DemoText.Fixed(training.TotalVariation, 4),
                DemoText.Fixed(training.Machine.RelaxationSteps(), 0), $"{training.Reached} of {training.Recipe.Starts}",
            ]))],
            $"Success is the share of states that are rows of the truth table. The tutorial gives 98 % for CD-4 and 95 % for CD-30. The distance is the total variation "
            + $"between p(v) and the truth table with equal weights, 0 to 1; a start has learned the gate when it is at most {DemoText.Fixed(LogicTraining.Near, 2)}. After the relaxation "
            + "time, the slowest deviation of a chain from p(v) has fallen to 1/e.");
        foreach (LogicRecipe recipe in LogicRecipe.All)
        {
            run.Page.Paragraph($"{recipe.Name}: {recipe.Words}.");
        }

        string[] missed = [.. all.SelectMany(static entry => entry.Trainings.Take(LogicRecipe.Tutorial.Count).Where(static training => training.TotalVariation > LearnedWell)
            .Select(training => $"{entry.Gate.Name.ToUpperInvariant()} by {training.Recipe.Name}"))];
        run.Page.Paragraph(
            "The first two are the tutorial's settings (rate 0.1, minibatches of 100 rows, CD-4 with 15 x 1,000 and CD-30 with 15 x 500 updates). It doesn't say how its weights start; here they "
            + "start as large as those of the others, and the one start is shown as it came, good or bad. "
            + (missed.Length == 0 ? string.Empty : $"Not learned in 15 epochs (distance above {DemoText.Fixed(LearnedWell, 1)}): {string.Join(", ", missed)}. ")
            + "XOR is the hard one: any two of its three bits are independent, so small weights have no first step to take, and with them it isn't learned at all. OR, too, ends far from "
            + "its table from some starts. Neither is a limit of the machine: centred gradients with a rate that falls to 0 learn both from chains, and the exact gradient does from nearly every start.");
        foreach ((LogicGate gate, List<LogicTraining> trainings) in all)
        {
            foreach (LogicTraining training in trainings)
            {
                string key = $"{gate.Name}_{training.Recipe.FileName.Replace('-', '_')}";
                run.Results.Add(key + "_success", training.Success[^1]);
                run.Results.Add(key + "_total_variation", training.TotalVariation);
            }
        }
    }

    private static string TutorialFigure(LogicRecipe recipe) => recipe.Name switch
    {
        "CD-4" => "98 %",
        "CD-30" => "95 %",
        _ => "-",
    };
}
