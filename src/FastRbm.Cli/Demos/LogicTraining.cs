using FastRbm.Data;
using FastRbm.Kernels.Elementary;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>A gate trained by a recipe: its machine, and how well it did after every epoch.</summary>
internal sealed class LogicTraining
{
    /// <summary>The distance from the truth table that counts as having learned it.</summary>
    public const double Near = 0.02;

    /// <summary>Hidden units of every machine.</summary>
    public const int HiddenUnits = 3;

    private LogicTraining(LogicGate gate, LogicRecipe recipe, ulong seed)
    {
        Gate = gate;
        Recipe = recipe;
        Seed = seed;
    }

    /// <summary>The gate.</summary>
    public LogicGate Gate { get; }

    /// <summary>The recipe.</summary>
    public LogicRecipe Recipe { get; }

    /// <summary>The seed of weights and chains.</summary>
    public ulong Seed { get; }

    /// <summary>After each epoch from 0: the share of valid rows at equilibrium, by enumeration.</summary>
    public List<double> Success { get; } = [];

    /// <summary>After each epoch from 0: the share of valid rows that chains show 2k steps after random states, by the step's matrix.</summary>
    public List<double> EarlySuccess { get; } = [];

    /// <summary>How many of the recipe's starts came as near to the truth table as <see cref="Near"/>.</summary>
    public int Reached { get; private set; }

    /// <summary>The machine at the end.</summary>
    public SmallMachine Machine { get; private set; } = null!;

    /// <summary>The exact distance from the truth table at the end.</summary>
    public double TotalVariation => SmallMachine.TotalVariation(Machine.Probabilities, Gate.Target);

    /// <summary>The mean log-likelihood of the truth table, in nats a row.</summary>
    public double LogLikelihood => Gate.Valid.Average(state => DoubleMath.Log(Machine.Probabilities[state]));

    /// <summary>Trains from each start and keeps the best, by likelihood.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="epochs">Epochs; null for the recipe's.</param>
    /// <param name="seed">The seed of the first start.</param>
    public static LogicTraining Best(LogicGate gate, LogicRecipe recipe, int? epochs, ulong seed)
    {
        LogicTraining? best = null;
        int reached = 0;
        for (int start = 0; start < recipe.Starts; start++)
        {
            LogicTraining training = new(gate, recipe, unchecked(seed + (ulong)start));
            training.Run(epochs ?? recipe.Epochs);
            reached += training.TotalVariation <= Near ? 1 : 0;
            best = best is null || training.LogLikelihood > best.LogLikelihood ? training : best;
        }

        best!.Reached = reached;
        return best;
    }

    private void Run(int epochs)
    {
        BitDataset rows = Recipe.Algorithm == TrainingAlgorithm.ExactGradient ? Gate.Rows : Gate.Copies(Recipe.BatchSize * Recipe.Updates);
        int batch = Math.Min(Recipe.BatchSize, rows.Rows);
        int passes = ((Recipe.Updates * batch) + rows.Rows - 1) / rows.Rows;
        Rbm rbm = RbmInitializer.Normal(rows, HiddenUnits, Seed, Recipe.Deviation);
        using Trainer trainer = new(rbm, rows, new TrainingOptions
        {
            Algorithm = Recipe.Algorithm,
            Steps = Recipe.Steps,
            Epochs = epochs * passes,
            BatchSize = batch,
            LearningRate = Recipe.Rate,
            Centring = Recipe.Centring,
            Seed = Seed,
            Threads = 1,
        });
        Record(rbm);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            for (int update = 0; update < Recipe.Updates; update++)
            {
                trainer.Step();
            }

            Record(rbm);
        }
    }

    private void Record(Rbm rbm)
    {
        Machine = new SmallMachine(RbmParameters.From(rbm));
        Success.Add(Gate.Success(Machine.Probabilities));
        EarlySuccess.Add(Gate.Success(Machine.AfterRandomStart(2 * Recipe.Steps)));
    }
}
