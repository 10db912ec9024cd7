import { newCommand } from './run.js';
export default newCommand('add');
