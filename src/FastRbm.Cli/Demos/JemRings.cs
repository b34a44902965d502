using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Kernels.Elementary;
using FastRbm.Models.Networks;
using FastRbm.Random;
using FastRbm.Sampling.Networks;
using FastRbm.Training;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Demos;

/// <summary>The first part of the demo of energy networks: two rings in the plane, where log Z is a sum over a grid.</summary>
internal sealed class JemRings
{
    /// <summary>Cells of the grid a side.</summary>
    public const int Side = 120;

    private const int Chains = 4000;
    private const int Coarse = 6;

    /// <summary>States are points times this, so that first weights of the usual size make bends as narrow as the rings.</summary>
    private const double Scale = 4;

    private readonly EnergyNetwork _model;
    private readonly RealDataset _rows;
    private readonly NetworkWorkspace _workspace;
    private readonly double[] _energies = new double[Side];
    private readonly double[] _masses = new double[Side * Side];

    /// <summary>Draws data and a model.</summary>
    /// <param name="rows">How many points.</param>
    /// <param name="seed">The seed.</param>
    public JemRings(int rows, ulong seed)
    {
        _rows = Draw(rows, seed);
        _model = new EnergyNetwork(Network.Random([2, 48, 48, 2], UnitFunction.Swish, seed), new EnergyNetworkOptions { Bound = Scale, DataScale = Scale, DataOffset = 0 });
        _workspace = new NetworkWorkspace(_model.Network, Side);
    }

    /// <summary>Trains, compares and writes about it.</summary>
    public void Run(DemoRun run, int epochs)
    {
        run.Page.Section("Two rings, where everything is exact");
        run.Page.Paragraph(
            $"{DemoText.Count(_rows.Rows)} points on two noisy rings, a class each, and a network 2-48-48-2 whose log sum exp is minus the energy. In the plane Z is a sum over {Side} x {Side} cells, so the "
            + "likelihood below is the model's own, not an estimate. Training takes small unadjusted Langevin steps with noise of the right size; the chains of the last picture are Metropolis-adjusted: the model's density is theirs, "
            + "whatever the step size.");
        LangevinOptions chains = new() { Algorithm = LangevinAlgorithm.Metropolis, StepSize = 0.02 };
        int batch = Math.Min(100, _rows.Rows);
        using JemTrainer trainer = new(_model, _rows, new JemOptions
        {
            BatchSize = batch,
            BufferSize = 10 * batch,
            Epochs = epochs,
            Langevin = new LangevinOptions { StepSize = 0.01 },
            LangevinSteps = 30,
            RestartProbability = 0.01,
            EnergyPenalty = 0,
            DataNoise = 0,
            Seed = run.Seed,
            Threads = run.Threads,
            Optimizer = new OptimizerOptions { LearningRate = new LearningRateSchedule { Initial = 0.003, Final = 3e-5, Shape = ScheduleShape.Cosine } },
        });
        List<double> likelihoods = [LogLikelihood()];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            run.Progress(0.2 * epoch / epochs, "two rings");
            for (int update = 0; update < trainer.UpdatesPerEpoch; update++)
            {
                trainer.Step();
            }

            likelihoods.Add(LogLikelihood());
        }

        using LangevinChains samples = new(_model, Chains, chains, run.Seed, run.Threads);
        for (int chain = 0; chain < Chains; chain++)
        {
            trainer.Buffer.Row(chain % trainer.Buffer.Rows).CopyTo(samples.States.Row(chain));
        }

        int[] counts = new int[Side / Coarse * (Side / Coarse)];
        int[] cells = new int[Side * Side];
        const int Visits = 10;
        for (int visit = 0; visit < Visits; visit++)
        {
            samples.Run(visit == 0 ? 1000 : 20, null, run.Cancellation);
            Count(samples, counts, cells);
        }

        double divergence = Divergence(counts, (double)Chains * Visits);
        double error = trainer.Measure(_rows).ErrorRate;
        run.Figure(
            "The exact mean log-likelihood of the points while training. The uniform density of the box has -1.386.",
            ("rings-likelihood", DemoText.Lines("Log-likelihood by quadrature", "epochs", "nats a point", LineSeries.Of(null, likelihoods))));
        run.Pictures(
            "The data; the density that the network defines; where adjusted chains have been that started where training left its own.",
            ("rings-data", "data", Picture(Points())), ("rings-density", "exp(-E) / Z", Picture(_masses)), ("rings-chains", "chains", Picture(Array.ConvertAll(cells, static count => (double)count))));
        run.Page.Paragraph(
            $"From {DemoText.Fixed(likelihoods[0], 3)} to {DemoText.Fixed(likelihoods[^1], 3)} nats a point; {DemoText.Percent(error)} of the points are taken for the wrong ring. {DemoText.Percent(samples.AcceptanceRate, 0)} of the "
            + $"chains' proposals are accepted, and the divergence of {DemoText.Count((long)Chains * Visits)} visited cells from the density is {DemoText.Fixed(divergence, 4)} nats, of which "
            + $"{DemoText.Fixed(counts.Length / (2.0 * Chains * Visits), 4)} would be chance if visits were independent.");
        run.Results.Add("rings_log_likelihood", likelihoods[^1]);
        run.Results.Add("rings_divergence", divergence);
        run.Results.Add("rings_error", error);
        run.Results.Add("rings_acceptance", samples.AcceptanceRate);
    }

    private static RealDataset Draw(int rows, ulong seed)
    {
        float[] values = new float[2 * rows];
        byte[] labels = new byte[rows];
        for (int row = 0; row < rows; row++)
        {
            RandomStream draws = new(seed, StreamPurpose.DataGenerator, 161, row);
            double radius = (row % 2 == 0 ? 0.35 : 0.7) + (0.17 * (draws.Uniform(0) + draws.Uniform(1) - 1));
            (double sine, double cosine) = DoubleMath.SinCosTurns(draws.Uniform(2));
            values[2 * row] = (float)(radius * cosine);
            values[(2 * row) + 1] = (float)(radius * sine);
            labels[row] = (byte)(row % 2);
        }

        return new RealDataset("rings", rows, 2, values, ImageShape.Line(2), labels);
    }

    /// <summary>The mean of -E over the data, minus log Z; leaves the masses of the cells.</summary>
    private double LogLikelihood()
    {
        for (int line = 0; line < Side; line++)
        {
            for (int cell = 0; cell < Side; cell++)
            {
                _workspace.Inputs[cell, 0] = (float)Scale * Middle(cell);
                _workspace.Inputs[cell, 1] = (float)Scale * Middle(line);
            }

            _model.Energies(_workspace, Side, _energies);
            for (int cell = 0; cell < Side; cell++)
            {
                _masses[(line * Side) + cell] = -_energies[cell] + (2 * DoubleMath.Log(2.0 / Side));
            }
        }

        double logPartition = DoubleMath.LogSumExp(_masses);
        for (int cell = 0; cell < _masses.Length; cell++)
        {
            _masses[cell] = DoubleMath.Exp(_masses[cell] - logPartition);
        }

        double[] densities = new double[_rows.Rows];
        _model.LogDensities(_rows, 0, densities);
        return densities.Average() - logPartition;
    }

    private double Divergence(int[] counts, double total)
    {
        int side = Side / Coarse;
        double[] masses = new double[counts.Length];
        for (int cell = 0; cell < _masses.Length; cell++)
        {
            masses[(cell / Side / Coarse * side) + (cell % Side / Coarse)] += _masses[cell];
        }

        double sum = 0;
        for (int cell = 0; cell < counts.Length; cell++)
        {
            sum += counts[cell] == 0 ? 0 : counts[cell] / total * (DoubleMath.Log(counts[cell] / total) - DoubleMath.Log(masses[cell]));
        }

        return sum;
    }

    private static void Count(LangevinChains chains, int[] counts, int[] cells)
    {
        for (int chain = 0; chain < chains.States.Rows; chain++)
        {
            int column = Cell(chains.States[chain, 0] / (float)Scale);
            int line = Cell(chains.States[chain, 1] / (float)Scale);
            cells[(line * Side) + column]++;
            counts[(line / Coarse * (Side / Coarse)) + (column / Coarse)]++;
        }
    }

    private double[] Points()
    {
        double[] cells = new double[Side * Side];
        float[] point = new float[2];
        for (int row = 0; row < _rows.Rows; row++)
        {
            _rows.CopyMeans(row, point);
            cells[(Cell(point[1]) * Side) + Cell(point[0])]++;
        }

        return cells;
    }

    private static float Middle(int cell) => ((cell + 0.5f) * (2f / Side)) - 1;

    private static int Cell(float x) => Math.Clamp((int)((x + 1) * (Side / 2.0)), 0, Side - 1);

    private static PixelImage Picture(double[] values)
    {
        const int Zoom = 2;
        double most = values.Max();
        PixelImage image = new(Zoom * Side, Zoom * Side, 1);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                image.Pixels[(y * image.Width) + x] = (byte)(255 * Math.Min(1, values[(y / Zoom * Side) + (x / Zoom)] / most));
            }
        }

        return image;
    }
}
