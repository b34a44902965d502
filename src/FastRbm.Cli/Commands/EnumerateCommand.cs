using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm enumerate.</summary>
internal sealed class EnumerateCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = OptionFactory.Text("--model", "The model: a safetensors file [default: the tutorial machine]", "file");
    private readonly Option<bool> _json = CommonOptions.Json();

    private EnumerateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        EnumerateCommand enumerate = new(terminal);
        Command command = new(
            "enumerate",
            $"List every state of a small model (at most {StateTable.MaxUnits} units) with energy and probability, most probable first. "
            + "Without a model, that of a tutorial machine with visible units A, B, C and hidden units D, E, where score = -energy.")
        {
            enumerate._model, enumerate._json,
        };
        command.SetAction(enumerate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string? path = parse.GetValue(_model);
        RbmParameters parameters = path is null ? TutorialMachine.Parameters : ModelFile.LoadParameters(path);
        if (parameters.Visible + (long)parameters.Hidden > StateTable.MaxUnits)
        {
            throw new InvalidInputException(
                path ?? "model", $"at most {StateTable.MaxUnits} units in all for a table of states",
                $"{Numbers.Text(parameters.Visible)} visible and {Numbers.Text(parameters.Hidden)} hidden units");
        }

        JointState[] states = StateTable.Enumerate(parameters);
        bool isTutorial = path is null;
        if (parse.GetValue(_json))
        {
            foreach (JointState state in states)
            {
                WriteJson(state, parameters, isTutorial);
            }
        }
        else
        {
            WriteTable(states, parameters, isTutorial);
        }

        return ExitCode.Done;
    }

    private void WriteJson(JointState state, RbmParameters parameters, bool isTutorial) => JsonLine.Write(_terminal.Output, line =>
    {
        line.WriteString("visible", Bits(state.Visible, parameters.Visible));
        line.WriteString("hidden", Bits(state.Hidden, parameters.Hidden));
        line.WriteNumber("energy", state.Energy);
        line.WriteNumber("probability", state.Probability);
        if (isTutorial)
        {
            line.WriteString("on", TutorialMachine.UnitsOn(state));
            line.WriteNumber("score", 0 - state.Energy);
        }
    });

    private void WriteTable(JointState[] states, RbmParameters parameters, bool isTutorial)
    {
        int visibleWidth = Math.Max("visible".Length, parameters.Visible);
        int hiddenWidth = Math.Max("hidden".Length, parameters.Hidden);
        string moreHeader = isTutorial ? "  on     score" : string.Empty;
        _terminal.Output.WriteLine($"{"visible".PadRight(visibleWidth)}  {"hidden".PadRight(hiddenWidth)}  {"energy",14}  {"probability",-18}{moreHeader}".TrimEnd());
        foreach (JointState state in states)
        {
            string on = isTutorial ? TutorialMachine.UnitsOn(state) : string.Empty;
            string more = isTutorial ? $"  {(on.Length == 0 ? "-" : on),-5}  {Numbers.Text(0 - state.Energy),5}" : string.Empty;
            _terminal.Output.WriteLine(
                $"{Bits(state.Visible, parameters.Visible).PadRight(visibleWidth)}  {Bits(state.Hidden, parameters.Hidden).PadRight(hiddenWidth)}"
                + $"  {Numbers.Text(state.Energy, "0.########"),14}  {Numbers.Text(state.Probability, "F16")}{more}");
        }
    }

    /// <summary>Unit 0 first.</summary>
    private static string Bits(int states, int units) =>
        string.Create(units, states, static (text, bits) =>
        {
            for (int unit = 0; unit < text.Length; unit++)
            {
                text[unit] = (bits >> unit & 1) != 0 ? '1' : '0';
            }
        });
}
