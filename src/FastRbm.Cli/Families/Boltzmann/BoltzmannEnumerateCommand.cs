using System.CommandLine;
using FastRbm.Cli.Demos;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Kernels.Elementary;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>rbm enumerate of a Boltzmann machine.</summary>
internal sealed class BoltzmannEnumerateCommand
{
    private const int MostUnits = 16;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<bool> _json = CommonOptions.Json();

    private BoltzmannEnumerateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        BoltzmannEnumerateCommand enumerate = new(terminal);
        Command command = new("enumerate", $"List every state of a Boltzmann machine of at most {MostUnits} units with energy and probability, most probable first.")
        {
            enumerate._model, enumerate._json,
        };
        command.SetAction(enumerate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        BoltzmannMachine machine = BoltzmannFile.Load(path);
        if (machine.Units > MostUnits)
        {
            throw new InvalidInputException(path, $"at most {MostUnits} units for a table of states", Numbers.Text(machine.Units));
        }

        double logPartition = BoltzmannEnumeration.LogPartitionFunction(machine);
        (int State, double Energy)[] states = [.. Enumerable.Range(0, 1 << machine.Units)
            .Select(state => (state, machine.Energy([(ulong)state])))
            .OrderBy(static pair => pair.Item2).ThenBy(static pair => pair.state)];
        if (!parse.GetValue(_json))
        {
            _terminal.Output.WriteLine($"{"visible".PadRight(Math.Max(7, machine.Units))}  {"energy",14}  probability");
        }

        foreach ((int state, double energy) in states)
        {
            string bits = DemoText.Bits(state, machine.Units);
            double probability = DoubleMath.Exp(-energy - logPartition);
            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, line =>
                {
                    line.WriteString("visible", bits);
                    line.WriteNumber("energy", energy);
                    line.WriteNumber("probability", probability);
                });
            }
            else
            {
                _terminal.Output.WriteLine($"{bits.PadRight(Math.Max(7, machine.Units))}  {Numbers.Text(energy, "0.########"),14}  {Numbers.Text(probability, "F16")}");
            }
        }

        return ExitCode.Done;
    }
}
