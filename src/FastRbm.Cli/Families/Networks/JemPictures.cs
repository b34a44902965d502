using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Sampling.Networks;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Networks;

/// <summary>Pictures of what an energy network has learnt.</summary>
internal static class JemPictures
{
    /// <summary>Langevin steps from noise to a sample that is shown.</summary>
    public const int Steps = 400;

    /// <summary>The most samples of a class.</summary>
    public const int Most = 10;

    /// <summary>Saves samples of each class from noise, and kept chains.</summary>
    public static void Save(string directory, string suffix, JemTrainer trainer, ImageShape shape)
    {
        using LangevinChains chains = OfEachClass(trainer.Averaged, trainer.Options.Langevin, trainer.Options.Seed, trainer.Options.Threads);
        chains.Run(Steps);
        Mosaic(trainer.Model, chains.States, shape).SavePng(Path.Combine(directory, $"samples{suffix}.png"));
        Matrix kept = new(Math.Min(100, trainer.Buffer.Rows), trainer.Model.Columns);
        for (int row = 0; row < kept.Rows; row++)
        {
            trainer.Buffer.Row(row).CopyTo(kept.Row(row));
        }

        Mosaic(trainer.Model, kept, shape).SavePng(Path.Combine(directory, $"chains{suffix}.png"));
    }

    /// <summary>Chains of all classes in turn, from noise.</summary>
    public static LangevinChains OfEachClass(EnergyNetwork model, LangevinOptions options, ulong seed, int threads)
    {
        LangevinChains chains = new(model, model.Classes * Most, options, seed, threads);
        for (int chain = 0; chain < chains.States.Rows; chain++)
        {
            chains.SetLabel(chain, (byte)(chain % model.Classes));
        }

        return chains;
    }

    /// <summary>States as images.</summary>
    public static PixelImage Mosaic(EnergyNetwork model, Matrix states, ImageShape shape)
    {
        Matrix means = new(states.Rows, states.Columns);
        for (int row = 0; row < states.Rows; row++)
        {
            Span<float> values = means.Row(row);
            model.ToData(states.Row(row), values);
            foreach (ref float value in values)
            {
                value = Math.Clamp(value, 0, 1);
            }
        }

        return Pictures.Means(means, shape);
    }
}
